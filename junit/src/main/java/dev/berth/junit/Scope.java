package dev.berth.junit;

import dev.berth.embedded.Berth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The containers of a class, of a test, or of the whole run. JUnit closes it when that is over, which ends those that were
 * started for it.
 */
@SuppressWarnings("deprecation") // JUnit before 5.13 closes nothing else than its own CloseableResource
final class Scope implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    private final List<ContainerFixture> visible = new ArrayList<>();
    private final List<ContainerFixture> owned = new ArrayList<>();

    private Scope() {}

    /**
     * Starts the containers of fields for a class or a test, side by side, and waits until all are ready.
     *
     * @throws FixtureException where one cannot be had; then none of them stays, but for shared ones
     */
    static void open(ExtensionContext context, List<FixtureField> fields) {
        Scope scope = new Scope();
        try {
            Map<ContainerFixture, Runnable> starts = new LinkedHashMap<>();
            for (FixtureField field : fields) {
                ContainerFixture fixture = field.fixture();
                scope.visible.add(fixture);
                if (field.shared()) {
                    Berth berth = SharedEngine.of(context); // before the container: JUnit closes it after
                    starts.put(fixture, () -> startShared(context.getRoot(), field, berth));
                } else if (fixture.claim(field.label(), context.getUniqueId())) {
                    scope.owned.add(fixture);
                    starts.put(fixture, () -> fixture.start(SharedEngine.of(context)));
                }
            }
            new Starting(starts).all();
        } catch (RuntimeException | Error e) {
            scope.endAfter(e);
            throw e;
        }
        context.getStore(SharedEngine.NAMESPACE).put(context.getUniqueId(), scope);
    }

    private static void startShared(ExtensionContext root, FixtureField field, Berth berth) {
        Scope shared = root.getStore(SharedEngine.NAMESPACE)
                .getOrComputeIfAbsent(
                        field.fixture(), fixture -> sharedScope(root, field, fixture, berth), Scope.class);
        Objects.requireNonNull(shared);
    }

    private static Scope sharedScope(ExtensionContext root, FixtureField field, ContainerFixture fixture, Berth berth) {
        Scope scope = new Scope();
        fixture.claim(field.label(), root.getUniqueId());
        scope.owned.add(fixture);
        try {
            fixture.start(berth);
            return scope;
        } catch (RuntimeException | Error e) {
            scope.endAfter(e);
            throw e;
        }
    }

    /** The containers that a test or a class can see. */
    static List<ContainerFixture> visible(ExtensionContext context) {
        List<ContainerFixture> all = new ArrayList<>();
        Optional<ExtensionContext> one = Optional.of(context);
        while (one.isPresent()) {
            ExtensionContext here = one.get();
            Scope scope = here.getStore(SharedEngine.NAMESPACE).get(here.getUniqueId(), Scope.class);
            if (scope != null) {
                all.addAll(scope.visible);
            }
            one = here.getParent();
        }
        return all;
    }

    private void endAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Ends all; the first failure is told when each was tried. */
    @Override
    public void close() {
        List<RuntimeException> failures = new ArrayList<>();
        for (ContainerFixture fixture : owned.reversed()) {
            try {
                fixture.end();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    /** Containers that are started at once, each when those are ready that it waits for. */
    private static final class Starting {
        private final Map<ContainerFixture, Runnable> starts;
        private final Map<ContainerFixture, CompletableFuture<Void>> begun = new LinkedHashMap<>();

        Starting(Map<ContainerFixture, Runnable> starts) {
            this.starts = starts;
        }

        void all() {
            List<CompletableFuture<Void>> all =
                    starts.keySet().stream().map(this::begin).toList();
            List<Throwable> failures = new ArrayList<>();
            for (CompletableFuture<Void> one : all) {
                try {
                    one.join();
                } catch (CompletionException e) {
                    Throwable cause = e.getCause() == null ? e : e.getCause();
                    if (!failures.contains(cause)) { // what waited for a container in vain tells of the same failure
                        failures.add(cause);
                    }
                }
            }
            if (!failures.isEmpty()) {
                Throwable first = failures.removeFirst();
                failures.forEach(first::addSuppressed);
                switch (first) {
                    case RuntimeException e -> throw e;
                    case Error e -> throw e;
                    default -> throw new FixtureException("starting containers failed: " + first, first);
                }
            }
        }

        private CompletableFuture<Void> begin(ContainerFixture fixture) {
            CompletableFuture<Void> before = begun.get(fixture);
            if (before != null) {
                return before;
            }
            List<CompletableFuture<Void>> waited = new ArrayList<>();
            for (ContainerFixture other : fixture.after()) {
                if (starts.containsKey(other)) {
                    waited.add(begin(other));
                } else if (other.running().isEmpty()) {
                    throw new FixtureException("the container of " + fixture.label()
                            + " is to start after one that does not run: give that one's field @BerthContainer,"
                            + " and make it static where this one's is");
                }
            }
            CompletableFuture<Void> start = CompletableFuture.allOf(waited.toArray(CompletableFuture[]::new))
                    .thenRunAsync(starts.getOrDefault(fixture, () -> {}), Thread::startVirtualThread);
            begun.put(fixture, start);
            return start;
        }
    }
}
