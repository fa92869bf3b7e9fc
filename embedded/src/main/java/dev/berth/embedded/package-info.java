/**
 * A container engine in any JVM, with nothing to install.
 *
 * <p>Begin with {@link dev.berth.embedded.Berth#start()}; what it gives is closed by whoever asked for it, and everything of it
 * is gone when the engine is closed or the JVM ends. The library makes system calls: start the JVM with
 * {@code --enable-native-access=ALL-UNNAMED}, or it warns once of that.
 *
 * {@snippet :
 * try (Berth berth = Berth.start()) {
 *     berth.images().build(BuildSpec.of(Path.of("src/main/docker")).name("shop"));
 *     try (Network network = berth.networks().create();
 *             Container database = berth.run(ContainerSpec.of("postgres:17")
 *                     .env("POSTGRES_PASSWORD", "secret")
 *                     .network(network, "database"));
 *             Container shop = berth.run(ContainerSpec.of("shop").network(network).port(8080))) {
 *         database.awaitPort(5432, Duration.ofSeconds(30));
 *         shop.awaitHttp(8080, "/health", Duration.ofSeconds(30));
 *         URI address = URI.create("http://localhost:" + shop.hostPort(8080));
 *     }
 * }
 * }
 *
 * <p>What is not there: engines of ordinary users, who have no right to mount. {@code Berth.start()} says so.
 */
@NullMarked
package dev.berth.embedded;

import org.jspecify.annotations.NullMarked;
