package dev.berth.build.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.berth.image.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StepFlightsTest {
    private static final Digest KEY = key("a step");

    private final StepFlights flights = new StepFlights();

    private static Digest key(String step) {
        return Digest.sha256(step.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theSameIsDoneByOneAtATime() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> seen = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                seen.add(threads.submit(() -> {
                    try (StepFlights.Flight _ = flights.begin(KEY)) {
                        int others = inside.getAndIncrement();
                        Thread.sleep(1);
                        inside.decrementAndGet();
                        return others;
                    }
                }));
            }
            for (Future<Integer> others : seen) {
                assertThat(others.get()).isZero();
            }
        }
    }

    @Test
    void somethingElseIsNotWaitedFor() throws Exception {
        try (StepFlights.Flight _ = flights.begin(KEY);
                StepFlights.Flight other = flights.begin(key("another step"))) {
            assertThat(other).isNotNull();
        }
    }

    @Test
    void whoWaitsCanBeInterrupted() throws Exception {
        try (StepFlights.Flight _ = flights.begin(KEY);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> waiting = threads.submit(() -> {
                Thread.currentThread().interrupt();
                return flights.begin(KEY);
            });
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(waiting::get)
                    .withCauseInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void whatIsHeldUpByItsClientIsNotWaitedFor() throws Exception {
        StepFlights impatient = new StepFlights(Duration.ZERO);
        CountDownLatch printing = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> slow = threads.submit(() -> {
                try (StepFlights.Flight flight = impatient.begin(KEY)) {
                    flight.print(() -> {
                        printing.countDown();
                        try {
                            taken.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    });
                }
                return true;
            });
            printing.await();
            impatient.begin(KEY).close();
            assertThat(slow).as("the one that is held up").isNotDone();
            taken.countDown();
            slow.get();
        }
        impatient.begin(KEY).close();
    }
}
