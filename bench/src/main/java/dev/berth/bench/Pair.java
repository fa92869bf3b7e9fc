package dev.berth.bench;

import java.nio.file.Path;
import java.util.List;

/** Both engines without networks, each with a small image: what most benchmarks begin with. Closing it ends them. */
record Pair(Peer berth, Peer dockerd) implements AutoCloseable {
    static final String IMAGE = "bench:small";

    /** @param smallTree a tar of a small root file system */
    static Pair start(Path project, Path work, Path smallTree) throws Exception {
        Peer berth = Peer.berth(project, work.resolve("berth"));
        try {
            Pair pair = new Pair(berth, Peer.dockerd(work.resolve("dockerd")));
            for (Peer peer : List.of(pair.berth, pair.dockerd)) {
                Program.docker(peer, "import", "--change", "CMD [\"true\"]", smallTree.toString(), IMAGE);
            }
            return pair;
        } catch (Exception e) {
            berth.close();
            throw e;
        }
    }

    @Override
    public void close() throws Exception {
        try (berth) {
            dockerd.close();
        }
    }
}
