package dev.berth.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthOptions;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Test classes with containers, run by JUnit as their users run them: {@link Cases}. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BerthExtensionTest {
    @TempDir
    private static Path directory;

    @BeforeAll
    static void makeTheImage() throws IOException {
        Box.make(directory.resolve("cache"), directory, "box");
    }

    private static EngineExecutionResults run(Class<?>... classes) {
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameter(
                        "berth.cache", directory.resolve("cache").toString())
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .selectors(Arrays.stream(classes).map(one -> selectClass(one)).toList())
                .execute();
    }

    private static void assertAllSucceed(int tests, EngineExecutionResults results) {
        assertThat(failures(results)).isEmpty();
        assertThat(results.testEvents().succeeded().count()).isEqualTo(tests);
        nothingRuns();
    }

    private static List<Throwable> failures(EngineExecutionResults results) {
        return results.allEvents().failed().stream()
                .flatMap(event -> event.getPayload(TestExecutionResult.class).stream())
                .flatMap(result -> result.getThrowable().stream())
                .toList();
    }

    private static Throwable onlyFailure(Class<?> type) {
        EngineExecutionResults results = run(type);
        nothingRuns();
        assertThat(results.allEvents().failed().stream().map(Event::getTestDescriptor))
                .hasSize(1);
        return failures(results).getFirst();
    }

    private static void nothingRuns() {
        BerthOptions same = BerthOptions.DEFAULT.withCache(directory.resolve("cache"));
        try (Berth next = Berth.start(same)) { // the same slot: the run has given it back
            assertThat(next.directory()).isEqualTo(directory.resolve("cache/0"));
            assertThat(next.containers().list()).isEmpty();
            assertThat(next.networks().list()).isEmpty();
        }
    }

    @Test
    void aFieldOfAnObjectIsANewContainerForEachTest() {
        assertAllSucceed(2, run(Cases.EachTestItsOwn.class));
    }

    @Test
    void aStaticFieldIsOneContainerForTheClassAndItsNestedOnes() {
        assertAllSucceed(3, run(Cases.OneForTheClass.class));
    }

    @Test
    void aSharedFieldIsOneContainerForAllClassesOfARun() {
        assertAllSucceed(2, run(Cases.SharesFirst.class, Cases.SharesSecond.class));
    }

    @Test
    void testsAndClassesRunAtTheSameTime() {
        assertAllSucceed(3, run(Cases.AtTheSameTime.class));
    }

    @Test
    void containersWaitForOthersAndFindThemOnTheirNetwork() {
        assertAllSucceed(1, run(Cases.TwoOnANetwork.class));
    }

    @Test
    void anEngineIsAParameterWithoutAnyContainer() {
        assertAllSucceed(1, run(Cases.EngineAlone.class));
    }

    @Test
    void aFailureHasWhatTheContainersThatItsTestSeesHavePrintedLast() {
        Throwable failure = onlyFailure(Cases.Fails.class);
        assertThat(failure).isInstanceOf(AssertionError.class).hasMessage("as it was asked to");
        assertThat(failure.getSuppressed()).allMatch(ContainerReport.class::isInstance);
        assertThat(failure.getSuppressed())
                .extracting(Throwable::getMessage)
                .satisfiesExactlyInAnyOrder(
                        one -> assertThat(one)
                                .startsWith("Fails.OF_THE_CLASS, container ")
                                .endsWith("; its last lines were:\n  of the class"),
                        one -> assertThat(one)
                                .startsWith("Fails.ofTheTest, container ")
                                .contains(", is running; ")
                                .endsWith("\n  of the test"));
    }

    @Test
    void aFailureOfWhatIsAroundTestsHasThemToo() {
        assertThat(onlyFailure(Cases.FailsBeforeAll.class).getSuppressed())
                .extracting(Throwable::getMessage)
                .singleElement()
                .asString()
                .endsWith("\n  before all");
    }

    @Test
    void anAssumptionThatDoesNotHoldIsNoFailure() {
        EngineExecutionResults results = run(Cases.Assumes.class);
        assertThat(failures(results)).isEmpty();
        assertThat(results.testEvents().aborted().count()).isOne();
    }

    @Test
    void aContainerThatDoesNotBecomeReadyFailsItsTestsWithItsLastLines() {
        assertThat(onlyFailure(Cases.NeverListens.class))
                .isInstanceOf(FixtureException.class)
                .hasMessageContaining(
                        "starting the container of NeverListens.DEAF failed: waiting for port 80 of container ")
                .hasMessageEndingWith("its last lines were:\n  deaf");
    }

    @Test
    void aCheckThatBlocksIsEndedInTime() {
        assertThat(onlyFailure(Cases.ChecksForEver.class))
                .isInstanceOf(FixtureException.class)
                .hasMessageContaining("ChecksForEver.SLOW was not ready within 300 ms: ")
                .hasMessageEndingWith("\n  slow");
    }

    @Test
    void aCheckThatFailsIsTheFailuresCause() {
        assertThat(onlyFailure(Cases.ChecksWrongly.class))
                .isInstanceOf(FixtureException.class)
                .hasMessageContaining("the check whether the container of ChecksWrongly.ODD is ready has failed: ")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatWaitedForAContainerInVainIsNotStartedAndTheFailureIsToldOnce() {
        Throwable failure = onlyFailure(Cases.DependsInVain.class);
        assertThat(failure).hasMessageContaining("DependsInVain.FIRST failed").hasMessageContaining("no-such-program");
        assertThat(failure.getSuppressed()).isEmpty();
    }

    @Test
    void fieldsThatMakeNoSenseAreNamed() {
        assertThat(onlyFailure(Cases.NoValue.class))
                .hasMessageStartingWith("NoValue.NOTHING has @BerthContainer and no value: ");
        assertThat(onlyFailure(Cases.WrongType.class))
                .hasMessage("WrongType.TEXT has @BerthContainer and is a String: make it a ContainerFixture");
        assertThat(onlyFailure(Cases.SharedByObjects.class)).hasMessageEndingWith(": make it static");
        assertThat(onlyFailure(Cases.WaitsForNobody.class))
                .hasMessageContaining("to start after one that does not run");
        assertThat(onlyFailure(Cases.NotAnnotated.class))
                .hasMessageStartingWith("this container does not run for a test");
    }

    @Test
    void oneFieldForTwoTestsAtTheSameTimeIsRefused() {
        EngineExecutionResults results = run(Cases.OneObjectForAll.class);
        nothingRuns();
        assertThat(failures(results))
                .singleElement()
                .extracting(Throwable::getMessage)
                .asString()
                .contains("OneObjectForAll.one is at work for tests that run at the same time");
    }
}
