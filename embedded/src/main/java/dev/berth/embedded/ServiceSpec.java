package dev.berth.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A container among others that tests need: its name, by which the others find it, and what makes it ready.
 *
 * @param ready looked at in this order once it has been started; each of them ends in time by itself
 */
public record ServiceSpec(String name, ContainerSpec container, List<Consumer<Container>> ready) {
    public ServiceSpec {
        ready = List.copyOf(ready);
    }

    /** Ready when it has been started. */
    public static ServiceSpec of(String name, ContainerSpec container) {
        return new ServiceSpec(name, container, List.of());
    }

    /** Ready when something more is so; what it throws ends the start of all. */
    public ServiceSpec ready(Consumer<Container> check) {
        List<Consumer<Container>> more = new ArrayList<>(ready);
        more.add(check);
        return new ServiceSpec(name, container, more);
    }

    /** Ready when a program in it listens on a port. */
    public ServiceSpec awaitPort(int port, Duration most) {
        return ready(one -> one.awaitPort(port, most));
    }

    /** Ready when it has printed a line in which a regular expression is found. */
    public ServiceSpec awaitLine(String expression, Duration most) {
        return ready(one -> one.awaitLine(expression, most));
    }

    /** Ready when {@code GET} of a path is answered with a status below 400. */
    public ServiceSpec awaitHttp(int port, String path, Duration most) {
        return ready(one -> one.awaitHttp(port, path, most));
    }

    /** Ready when its health check says so. */
    public ServiceSpec awaitHealthy(Duration most) {
        return ready(one -> one.awaitHealthy(most));
    }
}
