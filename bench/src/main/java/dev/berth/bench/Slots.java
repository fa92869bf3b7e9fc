package dev.berth.bench;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthOptions;
import dev.berth.embedded.Container;
import dev.berth.embedded.ContainerSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the first use of an image by an engine in a JVM: where another engine of its cache has pulled it, and where it shares
 * nothing and pulls it itself, from a registry on this host. Arguments: an empty work directory, the registry, a tar of a large
 * root file system that has busybox, and how many rounds.
 */
public final class Slots {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Path work;
    private final String image;
    private final Path tree;
    private final int rounds;
    private final List<Long> shared = new ArrayList<>();
    private final List<Long> alone = new ArrayList<>();

    private Slots(String[] args) {
        work = Path.of(args[0]);
        image = args[1] + "/bench/large:1";
        tree = Path.of(args[2]);
        rounds = Integer.parseInt(args[3]);
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            throw new IllegalArgumentException("run this by bench/run slots");
        }
        new Slots(args).run();
    }

    private void run() throws IOException {
        BerthOptions cache = BerthOptions.DEFAULT.withCache(work.resolve("cache"));
        try (Berth first = Berth.start(cache)) {
            try (InputStream tar = Files.newInputStream(tree)) {
                first.images().importTree(tar, image);
            }
            first.images().push(image);
            for (int round = 0; round < rounds; round++) {
                try (Berth second = Berth.start(cache)) {
                    shared.add(firstUse(second));
                    second.images().remove(image);
                }
                try (Berth other = Berth.start(cache.withDirectory(work.resolve("alone-" + round)))) {
                    alone.add(firstUse(other));
                    other.images().remove(image);
                }
            }
        }
        print("in a second slot of a cache", shared);
        print("in a folder that shares nothing", alone);
    }

    /** From the wish to run something until it has ended, in nanoseconds. */
    private long firstUse(Berth berth) {
        long begin = System.nanoTime();
        try (Container container = berth.run(ContainerSpec.of(image).command("/bin/busybox", "true"))) {
            container.awaitExit(PATIENCE);
        }
        return System.nanoTime() - begin;
    }

    private static void print(String where, List<Long> nanos) {
        Samples samples = Samples.of(nanos);
        System.out.printf(
                "first use of the image %s: median %.0f ms, best %.0f, worst %.0f, of %d%n",
                where,
                samples.percentileMillis(50),
                samples.percentileMillis(0),
                samples.percentileMillis(100),
                nanos.size());
    }
}
