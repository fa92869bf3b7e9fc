package dev.berth.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A program of its own JVM that has an engine at work when it ends, in the way that it was asked to. */
final class EndingJvm {
    private EndingJvm() {}

    /** @param args the engine's cache, and {@code wait}, {@code throw} or {@code return} */
    public static void main(String[] args) throws IOException, InterruptedException {
        Berth berth = Berth.start(BerthOptions.DEFAULT.withCache(Path.of(args[0])));
        Network network = berth.networks().create("left");
        Volume volume = berth.volumes().create("left");
        Container container = berth.run(Box.shell("echo up; trap '' TERM; while true; do sleep 1; done")
                .name("left")
                .network(network)
                .volume(volume, "/volume")
                .restartAlways()
                .port(80));
        container.awaitLine("up", Duration.ofSeconds(20));
        System.out.println(container.pid() + " " + berth.directory());
        switch (args[1]) {
            case "throw" -> throw new IllegalStateException("as it was asked to");
            case "return" -> {
                // the engine is not closed: the JVM's end does that
            }
            default -> Thread.sleep(Duration.ofMinutes(2));
        }
    }
}
