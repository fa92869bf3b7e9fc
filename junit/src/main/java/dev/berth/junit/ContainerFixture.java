package dev.berth.junit;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthException;
import dev.berth.embedded.Container;
import dev.berth.embedded.ContainerSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A container that tests have, as the value of a field with {@link BerthContainer}: what is to run, and when it is ready. Each
 * of {@link #ready}, {@link #readyWithin}, {@link #after} and {@link #network} gives a fixture of its own with one thing more.
 */
public final class ContainerFixture {
    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(60);

    private final Plan plan;
    private volatile Optional<Use> use = Optional.empty();

    /** A network, and what the container is called there beside its name. */
    private record Place(NetworkFixture network, List<String> aliases) {}

    private record Plan(
            Function<Berth, ContainerSpec> spec,
            List<Consumer<Container>> ready,
            Duration patience,
            List<ContainerFixture> after,
            List<Place> places) {}

    /**
     * Who has it now.
     *
     * @param label the field, as people know it
     * @param owner JUnit's unique ID of whom it ends with
     */
    private record Use(String label, String owner, Optional<Container> container) {}

    private ContainerFixture(Plan plan) {
        this.plan = plan;
    }

    /** A container of a specification. */
    public static ContainerFixture of(ContainerSpec spec) {
        return of(_ -> spec);
    }

    /** A container of a specification that needs the engine, to build its image for instance; called at each start. */
    public static ContainerFixture of(Function<Berth, ContainerSpec> spec) {
        return new ContainerFixture(new Plan(spec, List.of(), USUAL_PATIENCE, List.of(), List.of()));
    }

    /**
     * With one thing more to be waited for, or done, after the container has been started and before tests see it; on a thread
     * of its own. One that throws is the tests' failure.
     */
    public ContainerFixture ready(Consumer<Container> check) {
        return new ContainerFixture(
                new Plan(plan.spec, appended(plan.ready, check), plan.patience, plan.after, plan.places));
    }

    /** With another time for all of {@link #ready} together than a minute; it ends also those that have no timeout. */
    public ContainerFixture readyWithin(Duration most) {
        return new ContainerFixture(new Plan(plan.spec, plan.ready, most, plan.after, plan.places));
    }

    /** Started when another one is ready; those that wait for none are started together. */
    public ContainerFixture after(ContainerFixture other) {
        return new ContainerFixture(
                new Plan(plan.spec, plan.ready, plan.patience, appended(plan.after, other), plan.places));
    }

    /** On a network, where others find it by these names. */
    public ContainerFixture network(NetworkFixture network, String... aliases) {
        return new ContainerFixture(new Plan(
                plan.spec,
                plan.ready,
                plan.patience,
                plan.after,
                appended(plan.places, new Place(network, List.of(aliases)))));
    }

    private static <T> List<T> appended(List<T> list, T more) {
        List<T> longer = new ArrayList<>(list);
        longer.add(more);
        return List.copyOf(longer);
    }

    /**
     * The container, while it runs for tests.
     *
     * @throws FixtureException at any other time
     */
    public Container container() {
        return running()
                .orElseThrow(
                        () -> new FixtureException("this container does not run for a test now: put it into a field"
                                + " with @BerthContainer, and use it in tests and in the methods around them alone"));
    }

    Optional<Container> running() {
        return use.flatMap(Use::container);
    }

    List<ContainerFixture> after() {
        return plan.after;
    }

    String label() {
        return use.map(Use::label).orElse("a container");
    }

    /**
     * Takes it for its owner alone.
     *
     * @return whether it is the owner's now; otherwise one has it that the owner is part of
     * @throws FixtureException where another one has it
     */
    synchronized boolean claim(String label, String owner) {
        if (use.isEmpty()) {
            use = Optional.of(new Use(label, owner, Optional.empty()));
            return true;
        }
        if (owner.startsWith(use.get().owner + "/")) {
            return false;
        }
        throw new FixtureException(
                "the container of " + label + " is at work for tests that run at the same time: make the"
                        + " field static to have one for all tests of a class, and @BerthContainer(shared = true) for several classes");
    }

    /** Starts it for who has claimed it, and waits until it is ready; where that fails, nothing of it stays. */
    void start(Berth berth) {
        Use claimed = use.orElseThrow();
        List<NetworkFixture> joined = new ArrayList<>();
        try {
            ContainerSpec spec = plan.spec.apply(berth);
            for (Place place : plan.places) {
                place.network.join(berth);
                joined.add(place.network);
                spec = spec.network(place.network.name(), place.aliases.toArray(String[]::new));
            }
            Container container = berth.run(spec);
            try {
                awaitReady(claimed.label, container);
            } catch (RuntimeException | Error e) {
                container.close();
                throw e;
            }
            use = Optional.of(new Use(claimed.label, claimed.owner, Optional.of(container)));
        } catch (BerthException e) {
            joined.forEach(NetworkFixture::leave);
            throw new FixtureException("starting the container of " + claimed.label + " failed: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            joined.forEach(NetworkFixture::leave);
            throw e;
        }
    }

    private void awaitReady(String label, Container container) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        // The caller's code may use a processor for ever: a virtual thread would then be one less for the engine's.
        Thread thread = Thread.ofPlatform().daemon().name("ready of " + label).start(() -> {
            try {
                plan.ready.forEach(check -> check.accept(container));
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        try {
            done.get(plan.patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            thread.interrupt();
            throw new FixtureException(
                    "the container of " + label + " was not ready within " + plan.patience.toMillis() + " ms: "
                            + ContainerReport.text(label, container),
                    e);
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new FixtureException("the thread was interrupted while it waited for the container of " + label, e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case BerthException told -> throw told;
                case null, default ->
                    throw new FixtureException(
                            "the check whether the container of " + label + " is ready has failed: " + e.getCause()
                                    + "; " + ContainerReport.text(label, container),
                            e.getCause() == null ? e : e.getCause());
            }
        }
    }

    /** Ends and removes it, where it was started, and gives it back. */
    void end() {
        Optional<Container> last = running();
        use = Optional.empty();
        last.ifPresent(container -> {
            container.close();
            plan.places.forEach(place -> place.network.leave());
        });
    }
}
