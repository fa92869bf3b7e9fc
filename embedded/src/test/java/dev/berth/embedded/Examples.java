package dev.berth.embedded;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** The examples of the README and of the Javadoc, word for word: {@link ShownExamplesTest} holds them to it. */
final class Examples {
    private static final System.Logger LOG = System.getLogger(Examples.class.getName());

    private Examples() {}

    static void readme() {
        // begin readme
        try (Berth berth = Berth.start();
                Container web = berth.run(ContainerSpec.of("nginx").port(80))) {
            web.awaitHttp(80, "/", Duration.ofSeconds(30));
            URI address = URI.create("http://localhost:" + web.hostPort(80));
            ExecResult result = web.exec("nginx", "-v");
            web.copyIn(Path.of("site"), "/usr/share/nginx/html");
        }
        // end readme
        LOG.log(System.Logger.Level.DEBUG, "done");
    }

    static void engine() {
        // begin Berth
        try (Berth berth = Berth.start();
                Container web = berth.run(ContainerSpec.of("nginx").port(80))) {
            web.awaitPort(80, Duration.ofSeconds(10));
            URI address = URI.create("http://localhost:" + web.hostPort(80));
        }
        // end Berth
    }

    static void application() {
        // begin package-info
        try (Berth berth = Berth.start()) {
            berth.images().build(BuildSpec.of(Path.of("src/main/docker")).name("shop"));
            try (Network network = berth.networks().create();
                    Container database = berth.run(ContainerSpec.of("postgres:17")
                            .env("POSTGRES_PASSWORD", "secret")
                            .network(network, "database"));
                    Container shop =
                            berth.run(ContainerSpec.of("shop").network(network).port(8080))) {
                database.awaitPort(5432, Duration.ofSeconds(30));
                shop.awaitHttp(8080, "/health", Duration.ofSeconds(30));
                URI address = URI.create("http://localhost:" + shop.hostPort(8080));
            }
        }
        // end package-info
    }
}
