package dev.berth.bench;

import java.io.IOException;

/**
 * How fast a container's output gets into its log: 500 MB in lines of a hundred bytes, with the default driver, from the
 * container's start until it has ended, when all is in the file.
 */
final class LogThroughput {
    private static final long MEGABYTES = 500;
    /** As fast as any program prints: the shell makes one block of lines, and cat repeats it. */
    private static final String SCRIPT = """
            i=0; while [ $i -lt 640 ]; do printf '%099d\\n' $i; i=$((i+1)); done >/block
            i=0; while [ $i -lt 16 ]; do cat /block; i=$((i+1)); done >/blocks
            i=0; while [ $i -lt N ]; do cat /blocks; i=$((i+1)); done
            """;

    private static final long BLOCKS_BYTES = 640 * 100 * 16;

    private final String image;

    /** @param image of the peers' with a shell, {@code cat} and nothing to pull */
    LogThroughput(String image) {
        this.image = image;
    }

    /** Seconds that a peer takes. */
    double seconds(Peer peer) throws Exception {
        try (Api api = peer.connect()) {
            long rounds = MEGABYTES * 1_000_000 / BLOCKS_BYTES;
            String script = SCRIPT.replace("N", Long.toString(rounds))
                    .replace("\\", "\\\\")
                    .replace("\n", "\\n");
            String id = Api.field(
                    api.post(
                            "/containers/create",
                            "{\"Image\":\"" + image + "\",\"Cmd\":[\"sh\",\"-c\",\"" + script
                                    + "\"],\"HostConfig\":{\"NetworkMode\":\"none\"}}"),
                    "Id");
            try {
                long begin = System.nanoTime();
                api.post("/containers/" + id + "/start", "");
                String end = api.post("/containers/" + id + "/wait", "");
                long took = System.nanoTime() - begin;
                if (!end.replace(" ", "").contains("\"StatusCode\":0")) {
                    throw new IOException(peer.name() + ": the container did not exit with 0: " + end);
                }
                return took / 1e9;
            } finally {
                api.delete("/containers/" + id + "?force=1");
            }
        }
    }

    /** Measures both, in turns, and reports the best of each: what else the machine did in between is nobody's figure. */
    void measure(Peer berth, Peer dockerd, Report report) throws Exception {
        double ours = Double.MAX_VALUE;
        double theirs = Double.MAX_VALUE;
        for (int i = 0; i < 2; i++) {
            ours = Math.min(ours, seconds(berth));
            theirs = Math.min(theirs, seconds(dockerd));
        }
        report.row(MEGABYTES + " MB of output into the log", "s", ours, theirs, "<= 1/2");
    }
}
