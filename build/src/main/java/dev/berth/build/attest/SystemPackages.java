package dev.berth.build.attest;

import dev.berth.build.attest.rpm.RpmPackage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a distribution's package manager has installed, of its own records. */
final class SystemPackages {
    private SystemPackages() {}

    /** Of dpkg's status file, paragraphs of fields (deb-control(5)); what is removed but for its settings is not counted. */
    static List<SoftwarePackage> ofDpkg(String status, PackageScan.Distribution distribution, String evidence) {
        List<SoftwarePackage> packages = new ArrayList<>();
        for (Map<String, String> fields : paragraphs(status)) {
            boolean installed = fields.getOrDefault("Status", "installed").endsWith("installed")
                    && !fields.getOrDefault("Status", "").endsWith("not-installed");
            if (installed && fields.containsKey("Package") && fields.containsKey("Version")) {
                packages.add(of(
                        "deb",
                        distribution.id().isEmpty() ? "debian" : distribution.id(),
                        distribution,
                        new Named(
                                fields.get("Package"),
                                fields.get("Version"),
                                fields.getOrDefault("Architecture", ""),
                                List.of()),
                        "",
                        evidence));
            }
        }
        return packages;
    }

    /** Of apk's database: paragraphs of a letter and a value. */
    static List<SoftwarePackage> ofApk(String installed, PackageScan.Distribution distribution, String evidence) {
        List<SoftwarePackage> packages = new ArrayList<>();
        for (Map<String, String> fields : paragraphs(installed)) {
            if (fields.containsKey("P") && fields.containsKey("V")) {
                packages.add(of(
                        "apk",
                        distribution.id().isEmpty() ? "alpine" : distribution.id(),
                        distribution,
                        new Named(fields.get("P"), fields.get("V"), fields.getOrDefault("A", ""), List.of()),
                        fields.getOrDefault("L", ""),
                        evidence));
            }
        }
        return packages;
    }

    /** Of rpm's database. A package's sources, and what came before its version, are said as the package-url specification has it. */
    static List<SoftwarePackage> ofRpm(
            List<RpmPackage> installed, PackageScan.Distribution distribution, String evidence) {
        List<SoftwarePackage> packages = new ArrayList<>();
        for (RpmPackage each : installed) {
            List<String> more = new ArrayList<>();
            if (!each.epoch().isEmpty()) {
                more.add("epoch=" + each.epoch());
            }
            if (!each.source().isEmpty()) {
                more.add("upstream=" + Purl.encode(each.source()));
            }
            packages.add(of(
                    "rpm",
                    distribution.id(),
                    distribution,
                    new Named(each.name(), each.version(), each.architecture(), more),
                    each.licence(),
                    evidence));
        }
        return packages;
    }

    /** @param more qualifiers that packages of this kind alone have */
    private record Named(String name, String version, String architecture, List<String> more) {}

    private static SoftwarePackage of(
            String type,
            String vendor,
            PackageScan.Distribution distribution,
            Named named,
            String licence,
            String evidence) {
        List<String> qualifiers = new ArrayList<>();
        if (!named.architecture().isEmpty()) {
            qualifiers.add("arch=" + Purl.encode(named.architecture()));
        }
        if (!distribution.id().isEmpty()) {
            qualifiers.add("distro=" + Purl.encode(distribution.id() + "-" + distribution.version()));
        }
        qualifiers.addAll(named.more());
        String purl = "pkg:" + type + "/" + (vendor.isEmpty() ? "" : Purl.encode(vendor) + "/")
                + Purl.encode(named.name()) + "@" + Purl.encode(named.version())
                + (qualifiers.isEmpty() ? "" : "?" + String.join("&", qualifiers));
        return new SoftwarePackage(named.name(), named.version(), purl, licence, evidence);
    }

    /** The first value of each field; lines that go on, and the files that apk lists, tell nothing here. */
    private static List<Map<String, String>> paragraphs(String text) {
        List<Map<String, String>> paragraphs = new ArrayList<>();
        Map<String, String> current = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            int colon = line.indexOf(':');
            if (line.isBlank()) {
                paragraphs.add(current);
                current = new LinkedHashMap<>();
            } else if (colon > 0 && !Character.isWhitespace(line.charAt(0))) {
                current.putIfAbsent(
                        line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        paragraphs.add(current);
        return paragraphs;
    }
}
