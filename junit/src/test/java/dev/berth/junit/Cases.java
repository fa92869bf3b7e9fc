package dev.berth.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.embedded.Berth;
import dev.berth.embedded.ContainerSpec;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Test classes that {@link BerthExtensionTest} runs. */
final class Cases {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String NOBODY_WAS_HERE = "test ! -e /tmp/mark && touch /tmp/mark";

    private Cases() {}

    private static ContainerFixture box() {
        return ContainerFixture.of(Box.says("echo up")).ready(container -> container.awaitLine("up", SOON));
    }

    private static int shell(ContainerFixture fixture, String line) {
        return fixture.container().exec("sh", "-c", line).exitCode();
    }

    static class EachTestItsOwn {
        @BerthContainer
        private final ContainerFixture own = box();

        @BeforeEach
        void itRunsAlready() {
            assertThat(own.container().state().isRunning()).isTrue();
        }

        @Test
        void first(Berth berth) {
            assertThat(shell(own, NOBODY_WAS_HERE)).isZero();
            assertThat(berth.containers().list()).hasSize(1);
        }

        @Test
        void second(Berth berth) {
            assertThat(shell(own, NOBODY_WAS_HERE)).isZero();
            assertThat(berth.containers().list()).hasSize(1);
        }

        @AfterEach
        void itRunsStill() {
            assertThat(own.container().state().isRunning()).isTrue();
        }
    }

    static class OneForTheClass {
        @BerthContainer
        private static final ContainerFixture CLASSES = box();

        @BeforeAll
        static void itRunsAlready() {
            assertThat(shell(CLASSES, NOBODY_WAS_HERE)).isZero();
        }

        @Test
        void first() {
            assertThat(shell(CLASSES, "test -e /tmp/mark")).isZero();
        }

        @Test
        void second() {
            assertThat(shell(CLASSES, "test -e /tmp/mark")).isZero();
        }

        @Nested
        class Inner {
            @BerthContainer
            private final ContainerFixture own = box();

            @Test
            void third(Berth berth) {
                assertThat(shell(CLASSES, "test -e /tmp/mark")).isZero();
                assertThat(shell(own, NOBODY_WAS_HERE)).isZero();
                assertThat(berth.containers().list()).hasSize(2);
            }
        }
    }

    interface WithShared {
        @BerthContainer(shared = true)
        ContainerFixture SHARED = box();
    }

    static class SharesFirst implements WithShared {
        @Test
        void itIsTheOnlyOne(Berth berth) {
            assertThat(berth.containers().list())
                    .singleElement()
                    .extracting(one -> one.id())
                    .isEqualTo(SHARED.container().id());
            shell(SHARED, "echo >> /tmp/seen");
        }
    }

    static class SharesSecond implements WithShared {
        @Test
        void theFirstClassWasHere(Berth berth) {
            assertThat(berth.containers().list()).hasSize(1);
            assertThat(shell(SHARED, "test -e /tmp/seen")).isZero();
        }
    }

    /** All three are at the barrier at once, or the test fails. */
    @Execution(ExecutionMode.CONCURRENT)
    static class AtTheSameTime {
        private static final CyclicBarrier ALL = new CyclicBarrier(3);

        @BerthContainer
        private static final ContainerFixture CLASSES = box();

        @BerthContainer
        private final ContainerFixture own = box();

        private void meet() throws InterruptedException, BrokenBarrierException, TimeoutException {
            ALL.await(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(shell(own, NOBODY_WAS_HERE)).isZero();
            assertThat(shell(CLASSES, "true")).isZero();
            ALL.await(SOON.toSeconds(), TimeUnit.SECONDS);
        }

        @Test
        void first() throws Exception {
            meet();
        }

        @Test
        void second() throws Exception {
            meet();
        }

        @Test
        void third() throws Exception {
            meet();
        }
    }

    static class TwoOnANetwork {
        private static final NetworkFixture SHOP = NetworkFixture.create();

        @BerthContainer
        private static final ContainerFixture WEB = ContainerFixture.of(
                        Box.says("mkdir /www; echo hi > /www/index.html; busybox httpd -p 80 -h /www"))
                .network(SHOP, "web")
                .ready(container -> container.awaitPort(80, SOON));

        @BerthContainer
        private static final ContainerFixture CLIENT = ContainerFixture.of(
                        ContainerSpec.of("box").command("sh", "-c", "wget -qO- http://web/ && sleep 1000"))
                .network(SHOP)
                .after(WEB)
                .ready(container -> container.awaitLine("hi", SOON));

        @Test
        void bothAreThere(Berth berth) {
            assertThat(CLIENT.container().logs()).isEqualTo("hi\n");
            assertThat(berth.networks().list())
                    .singleElement()
                    .extracting(one -> one.name())
                    .isEqualTo(SHOP.name());
        }
    }

    @WithBerth
    static class EngineAlone {
        private final Berth given;

        EngineAlone(Berth given) {
            this.given = given;
        }

        @Test
        void itIsTheSameEverywhere(Berth berth) {
            assertThat(berth).isSameAs(given);
            assertThat(berth.images().find("box")).isPresent();
        }
    }

    static class Fails {
        @BerthContainer
        private static final ContainerFixture OF_THE_CLASS = ContainerFixture.of(Box.says("echo of the class"))
                .ready(container -> container.awaitLine("class", SOON));

        @BerthContainer
        private final ContainerFixture ofTheTest =
                ContainerFixture.of(Box.says("echo of the test")).ready(container -> container.awaitLine("test", SOON));

        @Test
        void asItWasAskedTo() {
            fail("as it was asked to");
        }
    }

    static class FailsBeforeAll {
        @BerthContainer
        private static final ContainerFixture EARLY =
                ContainerFixture.of(Box.says("echo before all")).ready(container -> container.awaitLine("all", SOON));

        @BeforeAll
        static void asItWasAskedTo() {
            fail("as it was asked to");
        }

        @Test
        void isNotReached() {
            fail("the class cannot be tested");
        }
    }

    static class Assumes {
        @BerthContainer
        private final ContainerFixture own = box();

        @Test
        void somethingElse() {
            assumeTrue(own.container().name().isEmpty());
        }
    }

    static class NeverListens {
        @BerthContainer
        private static final ContainerFixture DEAF = ContainerFixture.of(Box.says("echo deaf"))
                .ready(container -> {
                    container.awaitLine("deaf", SOON);
                    container.awaitPort(80, Duration.ofMillis(100));
                });

        @Test
        void isNotReached() {
            fail("its container is not ready");
        }
    }

    static class ChecksForEver {
        @BerthContainer
        private static final ContainerFixture SLOW = ContainerFixture.of(Box.says("echo slow"))
                .ready(container -> container.awaitLine("slow", SOON))
                .ready(_ -> {
                    CountDownLatch never = new CountDownLatch(1);
                    while (never.getCount() > 0) {
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            // it blocks, whatever is done about it
                        }
                    }
                })
                .readyWithin(Duration.ofMillis(300));

        @Test
        void isNotReached() {
            fail("its container is not ready");
        }
    }

    static class ChecksWrongly {
        @BerthContainer
        private static final ContainerFixture ODD = box().ready(_ -> {
            throw new IllegalStateException("as it was asked to");
        });

        @Test
        void isNotReached() {
            fail("its container is not ready");
        }
    }

    static class DependsInVain {
        @BerthContainer
        private static final ContainerFixture FIRST =
                ContainerFixture.of(ContainerSpec.of("box").command("no-such-program"));

        @BerthContainer
        private static final ContainerFixture SECOND = box().after(FIRST);

        @BerthContainer
        private static final ContainerFixture THIRD = box().after(SECOND);

        @Test
        void isNotReached() {
            fail("its containers do not run");
        }
    }

    static class NoValue {
        @BerthContainer
        private static final @Nullable ContainerFixture NOTHING = null;

        @Test
        void isNotReached() {
            fail("a field has no value");
        }
    }

    static class WrongType {
        @BerthContainer
        private static final String TEXT = "box";

        @Test
        void isNotReached() {
            fail("a field is a text");
        }
    }

    static class SharedByObjects {
        @BerthContainer(shared = true)
        private final ContainerFixture each = box();

        @Test
        void isNotReached() {
            fail("each object has its own");
        }
    }

    static class WaitsForNobody {
        @BerthContainer
        private static final ContainerFixture LATE = box().after(box());

        @Test
        void isNotReached() {
            fail("nobody starts the other one");
        }
    }

    static class NotAnnotated {
        private final ContainerFixture own = box();

        @Test
        void asksForIt() {
            own.container();
        }
    }

    /** The one that has the container waits until the other one was refused it. */
    @Execution(ExecutionMode.CONCURRENT)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneObjectForAll {
        private final CountDownLatch refused = new CountDownLatch(1);

        @RegisterExtension
        private final AfterEachCallback look = context -> {
            if (context.getExecutionException().isPresent()) {
                refused.countDown();
            }
        };

        @BerthContainer
        private final ContainerFixture one = box();

        @Test
        void first() throws InterruptedException {
            assertThat(refused.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        @Test
        void second() throws InterruptedException {
            assertThat(refused.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }
}
