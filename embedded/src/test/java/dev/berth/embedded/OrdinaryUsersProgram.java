package dev.berth.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What an ordinary user's program does with an engine; it prints what it has seen, and ends with 4's being told. */
final class OrdinaryUsersProgram {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SERVE = "mkdir /www; echo hi > /www/index.html; exec busybox httpd -f -p 80 -h /www";

    private OrdinaryUsersProgram() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory(Path.of(System.getProperty("user.home")), "program");
        try (Berth berth = Berth.start()) {
            System.out.println("user " + System.getProperty("user.name") + ", home " + System.getProperty("user.home"));
            Box.make(berth, folder);
            Files.writeString(folder.resolve("Dockerfile"), "FROM box\nRUN echo hello > /built\nCMD cat /built\n");
            berth.images().build(BuildSpec.of(folder).name("built"));
            try (Container built = berth.run(ContainerSpec.of("built"))) {
                built.awaitExit(PATIENCE);
                System.out.println("built: " + built.logs().strip());
            }
            serve(berth);
            try (Container told = berth.run(Box.shell("echo up; sleep 100"))) {
                told.awaitLine("up", PATIENCE);
                System.out.println("said: " + told.logs().strip());
                System.out.println("exit " + told.exec("sh", "-c", "exit 4").exitCode());
            }
        }
    }

    private static void serve(Berth berth) throws IOException {
        try (Network shop = berth.networks().create("shop");
                Container web =
                        berth.run(Box.shell(SERVE).name("web").network(shop).port(80));
                Container client = berth.run(Box.shell("sleep 100").network(shop))) {
            web.awaitHttp(80, "/", PATIENCE);
            System.out.println("met: "
                    + client.exec("wget", "-qO-", "http://web/").output().strip());
            URI page = URI.create("http://localhost:" + web.hostPort(80) + "/");
            try (InputStream in = page.toURL().openStream()) {
                System.out.println("published: " + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
            }
        }
    }
}
