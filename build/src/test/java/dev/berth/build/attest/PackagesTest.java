package dev.berth.build.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.berth.build.attest.rpm.RpmPackage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class PackagesTest {
    private static final PackageScan.Distribution DEBIAN =
            PackageScan.Distribution.of("PRETTY_NAME=\"Debian 12\"\nID=debian\nVERSION_ID=\"12\"\n");

    private static byte[] zip(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void ofDpkgWhatIsInstalled() {
        String status = """
                Package: libc6
                Status: install ok installed
                Architecture: amd64
                Version: 2.36-9+deb12u7
                Description: GNU C Library
                 Version: not this

                Package: gone
                Status: deinstall ok config-files
                Version: 1
                """;
        assertThat(SystemPackages.ofDpkg(status, DEBIAN, "/s"))
                .containsExactly(new SoftwarePackage(
                        "libc6",
                        "2.36-9+deb12u7",
                        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u7?arch=amd64&distro=debian-12",
                        "",
                        "/s"));
    }

    @Test
    void ofApkWithItsLicence() {
        String installed = "C:Q1x\nP:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\nF:lib\nR:ld-musl.so\n\n";
        assertThat(SystemPackages.ofApk(installed, new PackageScan.Distribution("alpine", "3.19"), "/i"))
                .containsExactly(new SoftwarePackage(
                        "musl",
                        "1.2.4-r2",
                        "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.19",
                        "MIT",
                        "/i"));
    }

    @Test
    void ofRpmWithItsEpochAndSources() {
        assertThat(SystemPackages.ofRpm(
                        List.of(
                                new RpmPackage(
                                        "bash", "5.1.8-9.el9", "", "x86_64", "GPLv3+", "bash-5.1.8-9.el9.src.rpm"),
                                new RpmPackage("dbus", "1.12-8.el9", "1", "x86_64", "", "")),
                        new PackageScan.Distribution("rocky", "9.4"),
                        "/r"))
                .containsExactly(
                        new SoftwarePackage(
                                "bash",
                                "5.1.8-9.el9",
                                "pkg:rpm/rocky/bash@5.1.8-9.el9?arch=x86_64&distro=rocky-9.4&upstream=bash-5.1.8-9.el9.src.rpm",
                                "GPLv3+",
                                "/r"),
                        new SoftwarePackage(
                                "dbus",
                                "1.12-8.el9",
                                "pkg:rpm/rocky/dbus@1.12-8.el9?arch=x86_64&distro=rocky-9.4&epoch=1",
                                "",
                                "/r"));
    }

    @Test
    void ofPythonAndNodeWhatTheySayOfThemselves() {
        assertThat(LanguagePackages.ofPython(
                        "Name: Zope.Interface\nVersion: 6.1\nLicense: ZPL 2.1\n\nName: no\n", "/m"))
                .contains(new SoftwarePackage("Zope.Interface", "6.1", "pkg:pypi/zope-interface@6.1", "ZPL 2.1", "/m"));
        assertThat(LanguagePackages.ofNode(
                        bytes("{\"name\":\"@a/b\",\"version\":\"1.0.0\",\"license\":\"ISC\"}"), "/p"))
                .contains(new SoftwarePackage("@a/b", "1.0.0", "pkg:npm/%40a/b@1.0.0", "ISC", "/p"));
        assertThat(LanguagePackages.ofNode(bytes("{\"name\":\"private\"}"), "/p"))
                .isEmpty();
        assertThat(LanguagePackages.ofNode(bytes("no JSON"), "/p")).isEmpty();
    }

    @Test
    void ofAJavaArchiveAndThoseInIt() throws Exception {
        byte[] library = zip(Map.of(
                "META-INF/maven/org.slf4j/slf4j-api/pom.properties",
                bytes("groupId=org.slf4j\nartifactId=slf4j-api\nversion=2.0.9\n")));
        byte[] application = zip(Map.of(
                "META-INF/MANIFEST.MF",
                bytes("Manifest-Version: 1.0\r\nImplementation-Title: shop\r\nImplementation-Version: 3\r\n\r\n"),
                "BOOT-INF/lib/slf4j.jar",
                library));
        assertThat(JavaArchives.of(application, "/app.jar"))
                .extracting(SoftwarePackage::purl, SoftwarePackage::evidence)
                .containsExactlyInAnyOrder(
                        tuple("pkg:generic/shop@3", "/app.jar"),
                        tuple("pkg:maven/org.slf4j/slf4j-api@2.0.9", "/app.jar!/BOOT-INF/lib/slf4j.jar"));
        assertThat(JavaArchives.of(bytes("no archive"), "/x.jar")).isEqualTo(List.of());
    }
}
