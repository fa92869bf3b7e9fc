package dev.berth.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A root file system of the host's static busybox and the few files that a user expects. */
public final class BusyboxTree {
    private static final List<String> APPLETS = List.of(
            "sh",
            "cat",
            "echo",
            "env",
            "false",
            "hostname",
            "id",
            "kill",
            "ln",
            "ls",
            "chmod",
            "chown",
            "find",
            "sort",
            "tail",
            "mkdir",
            "mount",
            "ps",
            "rm",
            "sleep",
            "stty",
            "test",
            "touch",
            "true",
            "tty",
            "wc",
            "dd",
            "head",
            "seq",
            "yes",
            "grep",
            "ip",
            "stat",
            "su",
            "nc",
            "nslookup",
            "wget",
            "ping");

    private BusyboxTree() {}

    /** Makes it in an existing or new directory, which it gives back. */
    public static Path make(Path tree) throws IOException {
        for (String directory : List.of("bin", "etc", "root", "tmp", "proc", "sys", "dev")) {
            Files.createDirectories(tree.resolve(directory));
        }
        Files.copy(busybox(), tree.resolve("bin/busybox"));
        tree.resolve("bin/busybox").toFile().setExecutable(true, false);
        for (String applet : APPLETS) {
            Files.createSymbolicLink(tree.resolve("bin").resolve(applet), Path.of("busybox"));
        }
        Files.writeString(
                tree.resolve("etc/passwd"),
                "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n");
        Files.writeString(tree.resolve("etc/group"), "root:x:0:\nstaff:x:50:nobody\nnogroup:x:65534:\n");
        return tree;
    }

    private static Path busybox() {
        Path bin = Path.of("/bin/busybox");
        return Files.exists(bin) ? bin : Path.of("/usr/bin/busybox");
    }
}
