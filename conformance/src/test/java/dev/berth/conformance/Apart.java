package dev.berth.conformance;

import java.util.List;

/** A network namespace of its own for a daemon, in which its bridges and rules meet nobody's. */
final class Apart {
    /** Becomes the program that follows, in such a namespace, whose loopback interface is up. */
    static final List<String> LAUNCHER =
            List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\"");

    private Apart() {}
}
