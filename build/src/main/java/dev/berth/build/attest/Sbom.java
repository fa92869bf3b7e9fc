package dev.berth.build.attest;

import dev.berth.image.Image;
import dev.berth.image.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A bill of materials: an SPDX document, version 2.3. */
final class Sbom {
    static final String PREDICATE_TYPE = "https://spdx.dev/Document";
    private static final String DOCUMENT = "SPDXRef-DOCUMENT";
    private static final String IMAGE = "SPDXRef-Image";
    private static final String UNKNOWN = "NOASSERTION";
    /** An expression of SPDX's; whether its names are on SPDX's list is not held against it. */
    private static final Pattern EXPRESSION =
            Pattern.compile("\\(*[A-Za-z0-9][A-Za-z0-9.+-]*\\)*( (AND|OR|WITH) \\(*[A-Za-z0-9][A-Za-z0-9.+-]*\\)*)*");

    private Sbom() {}

    static Map<String, Object> of(String name, Image image, Instant created, List<SoftwarePackage> software) {
        List<Object> packages = new ArrayList<>();
        List<Object> relationships = new ArrayList<>();
        packages.add(root(name, image));
        relationships.add(relationship(DOCUMENT, "DESCRIBES", IMAGE));
        for (SoftwarePackage each : software) {
            String id = "SPDXRef-Package-"
                    + Digest.sha256((each.purl() + "\0" + each.evidence()).getBytes(StandardCharsets.UTF_8))
                            .hex()
                            .substring(0, 16);
            packages.add(element(id, each));
            relationships.add(relationship(IMAGE, "CONTAINS", id));
        }
        Map<String, Object> creation = new LinkedHashMap<>();
        creation.put("created", created.toString());
        creation.put("creators", List.of("Tool: berth"));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("spdxVersion", "SPDX-2.3");
        document.put("dataLicense", "CC0-1.0");
        document.put("SPDXID", DOCUMENT);
        document.put("name", name);
        document.put(
                "documentNamespace",
                "https://berth.dev/spdx/" + image.manifest().raw().digest().hex());
        document.put("creationInfo", creation);
        document.put("packages", packages);
        document.put("relationships", relationships);
        return document;
    }

    private static Map<String, Object> root(String name, Image image) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("SPDXID", IMAGE);
        root.put("name", name);
        root.put("versionInfo", image.manifest().raw().digest().toString());
        root.put("downloadLocation", UNKNOWN);
        root.put("filesAnalyzed", false);
        root.put("primaryPackagePurpose", "CONTAINER");
        root.put("licenseConcluded", UNKNOWN);
        root.put("licenseDeclared", UNKNOWN);
        root.put("copyrightText", UNKNOWN);
        return root;
    }

    private static Map<String, Object> element(String id, SoftwarePackage software) {
        boolean expression = EXPRESSION.matcher(software.licence()).matches();
        Map<String, Object> reference = new LinkedHashMap<>();
        reference.put("referenceCategory", "PACKAGE-MANAGER");
        reference.put("referenceType", "purl");
        reference.put("referenceLocator", software.purl());
        Map<String, Object> element = new LinkedHashMap<>();
        element.put("SPDXID", id);
        element.put("name", software.name());
        element.put("versionInfo", software.version());
        element.put("downloadLocation", UNKNOWN);
        element.put("filesAnalyzed", false);
        element.put("sourceInfo", "found in " + software.evidence());
        element.put("licenseConcluded", UNKNOWN);
        element.put("licenseDeclared", expression ? software.licence() : UNKNOWN);
        if (!expression && !software.licence().isEmpty()) {
            element.put("licenseComments", software.licence());
        }
        element.put("copyrightText", UNKNOWN);
        element.put("externalRefs", List.of(reference));
        return element;
    }

    private static Map<String, Object> relationship(String from, String type, String to) {
        Map<String, Object> relationship = new LinkedHashMap<>();
        relationship.put("spdxElementId", from);
        relationship.put("relationshipType", type);
        relationship.put("relatedSpdxElement", to);
        return relationship;
    }
}
