package dev.berth.build.attest;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Reference;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Names of packages as URLs ({@code pkg:deb/debian/bash@5.2}; the package-url specification). */
final class Purl {
    private Purl() {}

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%3A", ":")
                .replace("*", "%2A");
    }

    /** Of an image by its name, {@code pkg:docker/debian@12?platform=linux%2Famd64}. */
    static String ofImage(String name, Platform platform) {
        String query = "?platform=" + encode(platform.toString());
        try {
            Reference reference = Reference.parse(name).withDefaultTag();
            return "pkg:docker/" + reference.familiarRepository() + "@"
                    + encode(reference.tag().orElse(Reference.LATEST)) + query;
        } catch (ImageException e) {
            return "pkg:docker/" + encode(name) + query; // known by its ID alone
        }
    }
}
