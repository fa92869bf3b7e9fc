package dev.berth.conformance.kill;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthException;
import dev.berth.embedded.BerthOptions;
import dev.berth.embedded.BuildSpec;
import dev.berth.embedded.Container;
import dev.berth.embedded.ContainerSpec;
import dev.berth.embedded.Network;
import dev.berth.embedded.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A program of its own JVM that keeps an engine busy until it is killed: containers on networks with published ports and
 * volumes, some of which are in no hurry to end, builds, and pulls.
 */
final class Victim {
    private static final String BOX = "box";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Berth berth;
    private final Path folder;
    private final String mark;
    private final String remote;

    private Victim(Berth berth, Path folder, String mark, String remote) {
        this.berth = berth;
        this.folder = folder;
        this.mark = mark;
        this.remote = remote;
    }

    private interface Work {
        void step(int number) throws Exception;
    }

    /**
     * Works until it is killed.
     *
     * @param args the engine's cache, an archive with the image {@code box}, a folder for what is built, what each container has
     *     in its environment, and the name of an image in a registry
     */
    public static void main(String[] args) throws Exception {
        Berth berth = Berth.start(BerthOptions.DEFAULT.withCache(Path.of(args[0])));
        if (berth.images().find(BOX).isEmpty()) {
            berth.images().load(Path.of(args[1]));
        }
        Victim victim = new Victim(berth, Path.of(args[2]), args[3], args[4]);
        System.out.println(berth.directory());
        for (Work work : List.<Work>of(victim::serve, victim::linger, victim::build, victim::pull)) {
            Thread.ofPlatform().start(() -> forEver(work));
        }
    }

    private static void forEver(Work work) {
        for (int number = 0; true; number++) {
            try {
                work.step(number);
            } catch (Exception e) {
                e.printStackTrace();
                System.exit(2);
            }
        }
    }

    private ContainerSpec shell(String line) {
        return ContainerSpec.of(BOX).command("sh", "-c", line).env("MARK", mark);
    }

    private void serve(int number) {
        try (Network network = berth.networks().create("net-" + number);
                Volume volume = berth.volumes().create("data-" + number);
                Container server = berth.run(shell("echo up; nc -l -p 80; sleep 100")
                        .network(network, "server")
                        .volume(volume, "/data")
                        .tmpfs("/memory")
                        .port(80));
                Container client = berth.run(shell("sleep 100").network(network))) {
            server.awaitLine("up", PATIENCE);
            server.write("/data/file", "from here");
            client.exec("nslookup", "server");
            server.hostPort(80);
        }
    }

    private void linger(int number) throws InterruptedException {
        Container stubborn = berth.run(shell("trap '' TERM HUP; sleep 1000 & echo up; while true; do sleep 1; done")
                .restartAlways()
                .privileged()
                .init());
        stubborn.awaitLine("up", PATIENCE);
        stubborn.pause();
        Thread.sleep(number % 5 * 50L);
        stubborn.unpause();
        stubborn.close();
    }

    private void build(int number) throws IOException {
        Path context = Files.createDirectories(folder.resolve("context"));
        Files.writeString(
                context.resolve("Dockerfile"),
                "FROM box\nARG N\nCOPY Dockerfile /copied\nRUN echo $N > /made; head -c 300000 /dev/urandom > /noise\n");
        String name = "built:" + number % 3;
        berth.images()
                .build(BuildSpec.of(context)
                        .name(name)
                        .argument("N", ProcessHandle.current().pid() + "-" + number));
        try (Container container = berth.run(shell("true").network("none"))) {
            container.awaitExit(PATIENCE);
        }
    }

    private void pull(int number) {
        berth.images().pull(remote);
        if (number % 2 == 0) {
            removeIfUnused(remote);
        }
    }

    private void removeIfUnused(String image) {
        try {
            berth.images().remove(image);
        } catch (BerthException e) {
            if (e.kind() != BerthException.Kind.CONFLICT) {
                throw e;
            }
        }
    }
}
