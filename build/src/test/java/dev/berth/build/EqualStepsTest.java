package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Equal steps of builds that are under way at once are done by one of them. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EqualStepsTest extends InWorkshop {
    /** Says that it has begun, and goes on when it is let. */
    private static final String GATE = "RUN --mount=type=cache,id=gate,target=/gate echo begun; "
            + "while [ ! -e /gate/open ]; do sleep 0.02; done; head -c 16 /dev/urandom >/noise\n";

    private static final String OPEN = "FROM box\nRUN --mount=type=cache,id=gate,target=/gate touch /gate/open\n";

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() throws IOException {
        threads.close();
    }

    @Test
    void oneDoesItAndTheOthersTakeItFromTheCache() throws Exception {
        List<Workshop.Order> orders = new ArrayList<>();
        List<Future<Workshop.Built>> builds = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Workshop.Order order = shop.order("FROM box\n" + GATE);
            orders.add(order);
            builds.add(threads.submit(() -> order.build()));
        }
        awaitBegun(orders);
        shop.order(OPEN).build();
        List<Object> ids = new ArrayList<>();
        for (Future<Workshop.Built> build : builds) {
            ids.add(build.get().image().id());
        }
        assertThat(ids).as("images").hasSize(4).containsOnly(ids.getFirst());
        assertThat(orders.stream().filter(order -> order.output().contains("begun\n")))
                .as("those that did it themselves")
                .hasSize(1);
        assertThat(orders.stream().filter(order -> order.output().contains(" ---> Using cache\n")))
                .hasSize(3);
    }

    @Test
    void whereTheFirstIsCancelledTheNextDoesIt() throws Exception {
        Workshop.Order first = shop.order("FROM box\n" + GATE);
        Future<Workshop.Built> cancelled = threads.submit(() -> first.build("first", first.context()));
        awaitBegun(List.of(first));
        Workshop.Order second = shop.order("FROM box\n" + GATE);
        Future<Workshop.Built> build = threads.submit(() -> second.build());
        shop.builder().cancel("first");
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(cancelled::get)
                .withCauseInstanceOf(InterruptedException.class);
        awaitBegun(List.of(second));
        shop.order(OPEN).build();
        assertThat(build.get().output()).contains("begun\n").doesNotContain("Using cache");
    }

    @Test
    void whatFailsIsTriedByTheNextOne() throws Exception {
        String counting =
                "FROM box\nRUN --mount=type=cache,id=gate,target=/gate sleep 0.3; mkdir /gate/first && exit 7; true\n";
        List<Future<Workshop.Built>> builds = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            builds.add(threads.submit(() -> shop.order(counting).build()));
        }
        int failed = 0;
        for (Future<Workshop.Built> build : builds) {
            try {
                build.get();
            } catch (ExecutionException e) {
                assertThat(e).hasMessageContaining("non-zero code: 7");
                failed++;
            }
        }
        assertThat(failed).isOne();
    }

    @Test
    void aBuildWithoutACacheDoesItItself() throws Exception {
        Workshop.Order first = shop.order("FROM box\n" + GATE);
        Workshop.Order second = shop.order("FROM box\n" + GATE).afresh();
        Future<Workshop.Built> one = threads.submit(() -> first.build());
        Future<Workshop.Built> other = threads.submit(() -> second.build());
        awaitBegun(List.of(first));
        awaitBegun(List.of(second));
        shop.order(OPEN).build();
        assertThat(one.get().image().id()).isNotEqualTo(other.get().image().id());
    }

    /** Two stages of one build are as two builds; more of them wait than there are processors. */
    @Test
    void equalStagesAreMadeOnceAlsoWithoutACache() throws Exception {
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            file.append("FROM box AS s").append(i).append("\nRUN sleep 0.2; head -c 16 /dev/urandom >/noise\n");
        }
        file.append("FROM box\n");
        for (int i = 0; i < 8; i++) {
            file.append("COPY --from=s")
                    .append(i)
                    .append(" /noise /n")
                    .append(i)
                    .append('\n');
        }
        file.append("RUN for n in /n*; do cmp /n0 $n || exit 1; done; echo equal\n");
        assertThat(shop.order(file.toString()).afresh().build().output()).contains("\nequal\n");
    }

    /** Until one of them has begun. */
    private static void awaitBegun(List<Workshop.Order> orders) throws InterruptedException {
        while (orders.stream().noneMatch(order -> order.output().contains("begun\n"))) {
            Thread.sleep(10);
        }
    }
}
