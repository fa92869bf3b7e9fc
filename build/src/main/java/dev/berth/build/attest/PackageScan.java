package dev.berth.build.attest;

import dev.berth.build.BuildException;
import dev.berth.build.attest.rpm.RpmDatabase;
import dev.berth.build.attest.rpm.RpmPackage;
import dev.berth.image.files.FileTree;
import dev.berth.image.layer.TreeFile;
import dev.berth.image.tar.TarEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the software in an image's files: what dpkg, apk and rpm have installed, Java archives, and what Python and Node.js packages
 * say of themselves.
 */
final class PackageScan {
    /** Of one file that is read; larger ones tell nothing. */
    private static final int MOST_BYTES = 256 << 20;

    private static final int MOST_DEPTH = 64;
    private static final Pattern DPKG = Pattern.compile("/var/lib/dpkg/(status|status\\.d/[^/]+)");
    private static final Pattern APK = Pattern.compile("/(usr/)?lib/apk/db/installed");
    private static final Pattern RPM =
            Pattern.compile("/(var/lib|usr/lib/sysimage|usr/share)/rpm/(rpmdb\\.sqlite|Packages|Packages\\.db)");
    private static final Pattern PYTHON = Pattern.compile(".*(\\.dist-info/METADATA|\\.egg-info/PKG-INFO|\\.egg-info)");
    private static final Pattern NODE = Pattern.compile(".*/node_modules/(@[^/]+/)?[^/]+/package\\.json");
    private static final Pattern JAVA = Pattern.compile(".*\\.(jar|war|ear)");

    private final FileTree files;
    private final List<SoftwarePackage> found = new ArrayList<>();

    PackageScan(FileTree files) {
        this.files = files;
    }

    /** All that is found, in an order that is the same of the same files. */
    List<SoftwarePackage> run() throws IOException {
        Distribution distribution = distribution();
        walk(List.of(), distribution, 0);
        return found.stream().distinct().sorted(SoftwarePackage.ORDER).toList();
    }

    private void walk(List<String> directory, Distribution distribution, int depth) throws IOException {
        if (depth > MOST_DEPTH) {
            return;
        }
        for (String name : files.list(directory)) {
            List<String> path = new ArrayList<>(directory);
            path.add(name);
            Optional<TreeFile> file = files.find(path);
            if (file.isEmpty()) {
                continue;
            }
            if (file.get().entry().type() == TarEntry.Type.DIRECTORY) {
                walk(path, distribution, depth + 1);
            } else if (isReadable(file.get())) {
                look(path, distribution);
            }
        }
    }

    private static boolean isReadable(TreeFile file) {
        return file.entry().type() == TarEntry.Type.FILE && file.entry().size() <= MOST_BYTES;
    }

    private void look(List<String> path, Distribution distribution) throws IOException {
        String text = "/" + String.join("/", path);
        if (DPKG.matcher(text).matches() && !text.endsWith(".md5sums")) {
            found.addAll(SystemPackages.ofDpkg(text(path), distribution, text));
        } else if (APK.matcher(text).matches()) {
            found.addAll(SystemPackages.ofApk(text(path), distribution, text));
        } else if (RPM.matcher(text).matches()) {
            found.addAll(SystemPackages.ofRpm(rpm(path, text), distribution, text));
        } else if (PYTHON.matcher(text).matches()) {
            LanguagePackages.ofPython(text(path), text).ifPresent(found::add);
        } else if (NODE.matcher(text).matches()) {
            LanguagePackages.ofNode(content(path), text).ifPresent(found::add);
        } else if (JAVA.matcher(text).matches()) {
            found.addAll(JavaArchives.of(content(path), text));
        }
    }

    private List<RpmPackage> rpm(List<String> path, String text) throws IOException {
        List<String> log = new ArrayList<>(path);
        log.set(log.size() - 1, log.getLast() + "-wal");
        byte[] database = content(path);
        byte[] newer = files.find(log).filter(PackageScan::isReadable).isPresent() ? content(log) : new byte[0];
        try {
            return RpmDatabase.packages(database, newer);
        } catch (IOException e) {
            throw BuildException.failed(
                    "read the packages of rpm, for a bill of materials, in " + text + ": " + e.getMessage()
                            + ". Repair it in the image (rpm --rebuilddb), or build without --sbom",
                    e);
        }
    }

    private Distribution distribution() throws IOException {
        for (List<String> path : List.of(List.of("etc", "os-release"), List.of("usr", "lib", "os-release"))) {
            if (files.find(path).filter(PackageScan::isReadable).isPresent()) {
                return Distribution.of(text(path));
            }
        }
        return new Distribution("", "");
    }

    /**
     * What the image was made from.
     *
     * @param id {@code debian}; empty where it does not say (os-release(5))
     * @param version {@code 12}
     */
    record Distribution(String id, String version) {
        static Distribution of(String release) {
            Map<String, String> values = new LinkedHashMap<>();
            release.lines().filter(line -> line.contains("=")).forEach(line -> {
                int equals = line.indexOf('=');
                values.put(line.substring(0, equals), line.substring(equals + 1).replaceAll("^[\"']|[\"']$", ""));
            });
            return new Distribution(values.getOrDefault("ID", ""), values.getOrDefault("VERSION_ID", ""));
        }
    }

    private String text(List<String> path) throws IOException {
        return new String(content(path), StandardCharsets.UTF_8);
    }

    private byte[] content(List<String> path) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        files.read(path, (_, chunk) -> {
            byte[] part = new byte[chunk.remaining()];
            chunk.get(part);
            bytes.write(part, 0, part.length);
        });
        return bytes.toByteArray();
    }
}
