package dev.berth.embedded;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Containers that belong together, on a network of their own where each is found by its name. For builds that run something
 * around their integration tests; Maven's plugin does it by this.
 *
 * {@snippet :
 * try (Berth berth = Berth.start();
 *         Services services = Services.start(
 *                 berth,
 *                 ServiceSpec.of("database", ContainerSpec.of("postgres:17").env("POSTGRES_PASSWORD", "secret"))
 *                         .awaitPort(5432, Duration.ofSeconds(30)),
 *                 ServiceSpec.of("shop", ContainerSpec.of("shop").port(8080))
 *                         .awaitHttp(8080, "/health", Duration.ofSeconds(30)))) {
 *     int port = services.container("shop").hostPort(8080);
 * }
 * }
 *
 * <p>Closing it ends and removes all of it, the last first; where nobody does, it goes with its engine.
 */
public final class Services implements AutoCloseable {
    private static final int SUFFIX_CHARS = 8;

    private final Network network;
    private final Map<String, Container> containers = new LinkedHashMap<>();

    private Services(Network network) {
        this.network = network;
    }

    /** As {@link #start(Berth, List)}. */
    public static Services start(Berth berth, ServiceSpec... specs) {
        return start(berth, List.of(specs));
    }

    /**
     * Starts them one after the other, each when the one before is ready. Where one cannot be started, or does not become
     * ready, none of them stays.
     *
     * @throws BerthException INVALID for a name that two have; WaitException; else what {@link Containers#run} throws
     */
    public static Services start(Berth berth, List<ServiceSpec> specs) {
        Services services = new Services(berth.networks().create());
        try {
            for (ServiceSpec spec : specs) {
                services.add(berth, spec);
            }
            return services;
        } catch (RuntimeException | Error e) {
            services.closeAfter(e);
            throw e;
        }
    }

    private void add(Berth berth, ServiceSpec spec) {
        if (containers.containsKey(spec.name())) {
            throw new BerthException(BerthException.Kind.INVALID, "two services are called " + spec.name());
        }
        ContainerSpec own = spec.container();
        ContainerSpec named = own.name().isEmpty() ? own.name(spec.name() + "-" + suffix()) : own;
        Container container = berth.run(named.network(network, spec.name()));
        containers.put(spec.name(), container);
        spec.ready().forEach(check -> check.accept(container));
    }

    /** Tells apart the containers of two groups that have services of one name. */
    private String suffix() {
        return network.id().substring(0, SUFFIX_CHARS);
    }

    /**
     * The container of a service.
     *
     * @throws BerthException NOT_FOUND
     */
    public Container container(String name) {
        return Optional.ofNullable(containers.get(name))
                .orElseThrow(() -> new BerthException(
                        BerthException.Kind.NOT_FOUND,
                        "no service is called " + name + "; there are " + containers.keySet()));
    }

    /** All of them by name, in the order of their start. */
    public Map<String, Container> containers() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(containers));
    }

    /** Their network, which others may join. */
    public Network network() {
        return network;
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (BerthException e) {
            failure.addSuppressed(e);
        }
    }

    /** Ends and removes them. Idempotent. */
    @Override
    public void close() {
        List.copyOf(containers.values()).reversed().forEach(Container::close);
        network.close();
    }
}
