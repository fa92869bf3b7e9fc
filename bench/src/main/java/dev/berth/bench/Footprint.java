package dev.berth.bench;

import java.io.IOException;
import java.nio.file.Path;

/** What a JVM holds after a collection of its garbage. */
record Footprint(long heapKib, long residentKib) {
    static Footprint of(Peer peer) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String pid = Long.toString(peer.pid());
        Program.run(jcmd, pid, "GC.run");
        Thread.sleep(1_000);
        long bytes = Program.run(jcmd, pid, "GC.class_histogram")
                .lines()
                .filter(line -> line.startsWith("Total"))
                .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[2]))
                .sum();
        return new Footprint(bytes >> 10, peer.residentKib());
    }

    @Override
    public String toString() {
        return heapKib + " KiB of live objects, " + residentKib + " KiB resident";
    }
}
