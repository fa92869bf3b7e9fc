package dev.berth.build.attest;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What packages of Python and Node.js say of themselves. A file that says nothing sensible is no package. */
final class LanguagePackages {
    private LanguagePackages() {}

    /** Of a distribution's metadata: fields, one a line, before the first empty one (core metadata specification). */
    static Optional<SoftwarePackage> ofPython(String metadata, String evidence) {
        Map<String, String> fields = new HashMap<>();
        for (String line : metadata.split("\n", -1)) {
            int colon = line.indexOf(':');
            if (line.isBlank()) {
                break;
            }
            if (colon > 0 && !Character.isWhitespace(line.charAt(0))) {
                fields.putIfAbsent(
                        line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        String name = fields.getOrDefault("Name", "");
        String version = fields.getOrDefault("Version", "");
        if (name.isEmpty() || version.isEmpty()) {
            return Optional.empty();
        }
        String normal = name.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-");
        String licence = fields.getOrDefault("License-Expression", fields.getOrDefault("License", ""));
        return Optional.of(new SoftwarePackage(
                name,
                version,
                "pkg:pypi/" + Purl.encode(normal) + "@" + Purl.encode(version),
                licence.equals("UNKNOWN") ? "" : licence,
                evidence));
    }

    /** Of a {@code package.json}. */
    static Optional<SoftwarePackage> ofNode(byte[] json, String evidence) {
        try {
            JsonObject root = JsonObject.parse(json, evidence);
            String name = root.string("name");
            String version = root.string("version");
            if (name.isEmpty() || version.isEmpty()) {
                return Optional.empty();
            }
            int slash = name.indexOf('/');
            String scoped = slash < 0
                    ? Purl.encode(name)
                    : Purl.encode(name.substring(0, slash)) + "/" + Purl.encode(name.substring(slash + 1));
            return Optional.of(new SoftwarePackage(
                    name, version, "pkg:npm/" + scoped + "@" + Purl.encode(version), licence(root), evidence));
        } catch (ImageException e) {
            return Optional.empty();
        }
    }

    /** A text, or in older packages an object with a type. */
    private static String licence(JsonObject root) {
        try {
            return root.string("license");
        } catch (ImageException e) {
            return "";
        }
    }
}
