package dev.berth.build.attest;

import java.util.Comparator;

/**
 * Software that is in an image.
 *
 * @param purl its name as a URL
 * @param licence as its maker states it; empty where nothing is said
 * @param evidence the file that tells of it
 */
record SoftwarePackage(String name, String version, String purl, String licence, String evidence) {
    static final Comparator<SoftwarePackage> ORDER =
            Comparator.comparing(SoftwarePackage::purl).thenComparing(SoftwarePackage::evidence);
}
