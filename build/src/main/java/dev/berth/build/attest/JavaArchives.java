package dev.berth.build.attest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/** What Java archives say of themselves, and of what they have in them: Maven's properties, else the manifest. */
final class JavaArchives {
    private static final int MOST_NESTING = 3;
    private static final int MOST_NESTED_BYTES = 64 << 20;
    private static final int MOST_DOCUMENT_BYTES = 1 << 20;

    private final List<SoftwarePackage> found = new ArrayList<>();

    private JavaArchives() {}

    /** What is in an archive; nothing where it is none. */
    static List<SoftwarePackage> of(byte[] archive, String evidence) throws IOException {
        JavaArchives archives = new JavaArchives();
        archives.look(new ByteArrayInputStream(archive), evidence, 0);
        return archives.found;
    }

    private void look(InputStream archive, String evidence, int depth) throws IOException {
        List<SoftwarePackage> own = new ArrayList<>();
        Optional<SoftwarePackage> byManifest = Optional.empty();
        try {
            ZipInputStream zip = new ZipInputStream(archive);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = entry.getName();
                if (name.startsWith("META-INF/maven/") && name.endsWith("/pom.properties")) {
                    ofMaven(new ByteArrayInputStream(zip.readNBytes(MOST_DOCUMENT_BYTES)), evidence)
                            .ifPresent(own::add);
                } else if (name.equals("META-INF/MANIFEST.MF")) {
                    byManifest = ofManifest(new ByteArrayInputStream(zip.readNBytes(MOST_DOCUMENT_BYTES)), evidence);
                } else if (name.endsWith(".jar") && depth < MOST_NESTING) {
                    byte[] nested = zip.readNBytes(MOST_NESTED_BYTES);
                    look(new ByteArrayInputStream(nested), evidence + "!/" + name, depth + 1);
                }
            }
        } catch (ZipException | IllegalArgumentException e) {
            return; // named as an archive, and none; or with names that are no text
        }
        if (own.isEmpty()) {
            byManifest.ifPresent(own::add);
        }
        found.addAll(own);
    }

    private static Optional<SoftwarePackage> ofMaven(InputStream text, String evidence) throws IOException {
        Properties properties = new Properties();
        properties.load(text);
        String group = properties.getProperty("groupId", "");
        String artifact = properties.getProperty("artifactId", "");
        String version = properties.getProperty("version", "");
        if (group.isEmpty() || artifact.isEmpty() || version.isEmpty()) {
            return Optional.empty();
        }
        String purl = "pkg:maven/" + Purl.encode(group) + "/" + Purl.encode(artifact) + "@" + Purl.encode(version);
        return Optional.of(new SoftwarePackage(group + ":" + artifact, version, purl, "", evidence));
    }

    private static Optional<SoftwarePackage> ofManifest(InputStream text, String evidence) throws IOException {
        Attributes main;
        try {
            main = new Manifest(text).getMainAttributes();
        } catch (IOException e) {
            return Optional.empty(); // malformed
        }
        String title = first(main, "Bundle-SymbolicName", "Automatic-Module-Name", "Implementation-Title");
        String version = first(main, "Bundle-Version", "Implementation-Version");
        int directive = title.indexOf(';');
        String name = directive < 0 ? title : title.substring(0, directive);
        if (name.isEmpty() || version.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new SoftwarePackage(
                name,
                version,
                "pkg:generic/" + Purl.encode(name) + "@" + Purl.encode(version),
                first(main, "Bundle-License"),
                evidence));
    }

    private static String first(Attributes attributes, String... names) {
        for (String name : names) {
            String value = attributes.getValue(name);
            if (value != null && !value.isBlank()) {
                return value.strip();
            }
        }
        return "";
    }
}
