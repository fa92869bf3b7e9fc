/**
 * Containers as fields of JUnit tests, on an engine in the tests' own JVM: nothing is installed.
 *
 * {@snippet :
 * @WithBerth
 * class OrdersTest {
 *     @BerthContainer
 *     static final ContainerFixture DATABASE = ContainerFixture.of(
 *                     ContainerSpec.of("postgres:17").env("POSTGRES_PASSWORD", "secret").port(5432))
 *             .ready(container -> container.awaitPort(5432, Duration.ofSeconds(30)));
 *
 *     @Test
 *     void anOrderIsKept() {
 *         int port = DATABASE.container().hostPort(5432);
 *     }
 *
 *     @Test
 *     void theEngineIsThere(Berth berth) {
 *         ImageInfo image = berth.images().find("postgres:17").orElseThrow();
 *     }
 * }
 * }
 *
 * <p>One engine serves all test classes of a run; it is started when the first needs it and ends with the run. The last lines
 * of the containers that a test can see are attached to its failure.
 */
@NullMarked
package dev.berth.junit;

import org.jspecify.annotations.NullMarked;
