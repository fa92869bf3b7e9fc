package dev.berth.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * What a suite with Testcontainers does: a container after the other is started, waited for until its port is open, asked over
 * HTTP and by a command in it, and stopped. A program of its own JVM, which knows nothing of the engine.
 */
final class ShortLived {
    private static final int PORT = 8080;
    private static final String SERVE =
            "mkdir /www; echo here > /www/index.html; exec busybox httpd -f -p " + PORT + " -h /www";

    private ShortLived() {}

    /**
     * Prints {@code ready} and the milliseconds that its start took when the first container is ready.
     *
     * @param args the image, and how many containers
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        DockerImageName image = DockerImageName.parse(args[0]);
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            try (GenericContainer<?> web =
                    new GenericContainer<>(image).withCommand("sh", "-c", SERVE).withExposedPorts(PORT)) {
                long begin = System.nanoTime();
                web.start();
                if (i == 0) {
                    System.out.println("ready " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
                }
                ask(web);
            }
        }
    }

    private static void ask(GenericContainer<?> web) throws IOException, InterruptedException {
        URI address = URI.create("http://" + web.getHost() + ":" + web.getMappedPort(PORT) + "/");
        try (InputStream page = address.toURL().openStream()) {
            page.readAllBytes();
        }
        if (web.execInContainer("cat", "/www/index.html").getExitCode() != 0) {
            throw new IOException("the command failed");
        }
    }
}
