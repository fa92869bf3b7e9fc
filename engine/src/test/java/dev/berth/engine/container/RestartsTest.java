package dev.berth.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.config.RestartPolicy;
import dev.berth.engine.container.State.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RestartsTest {
    private static final State RUNNING = State.CREATED.started(1, Instant.EPOCH, 0);

    @Test
    void eachPolicyKnowsItsEnds() {
        assertThat(Restarts.follows(RestartPolicy.NO, RUNNING, 1)).isFalse();
        assertThat(Restarts.follows(policy("always", 0), RUNNING, 0)).isTrue();
        assertThat(Restarts.follows(policy("always", 0), RUNNING.wantedToStop(), 0))
                .isFalse();
        assertThat(Restarts.follows(policy("on-failure", 0), RUNNING, 0)).isFalse();
        assertThat(Restarts.follows(policy("on-failure", 2), restarted(1), 1)).isTrue();
        assertThat(Restarts.follows(policy("on-failure", 2), restarted(2), 1)).isFalse();
    }

    @Test
    void openingStartsWhatShouldRun() {
        State stopped = RUNNING.wantedToStop().ended(Status.EXITED, 0, false, Instant.EPOCH);
        State failed = RUNNING.ended(Status.EXITED, 1, false, Instant.EPOCH);
        assertThat(Restarts.followsOpening(policy("always", 0), stopped)).isTrue();
        assertThat(Restarts.followsOpening(policy("unless-stopped", 0), stopped))
                .isFalse();
        assertThat(Restarts.followsOpening(policy("unless-stopped", 0), failed)).isTrue();
        assertThat(Restarts.followsOpening(policy("on-failure", 0), failed)).isTrue();
        assertThat(Restarts.followsOpening(RestartPolicy.NO, failed)).isFalse();
        assertThat(Restarts.followsOpening(policy("always", 0), State.CREATED)).isFalse();
    }

    @Test
    void pausesGrowToAMinuteAndBeginAnewAfterAGoodRun() {
        Restarts restarts = Restarts.NONE;
        Duration pause = restarts.next(Duration.ZERO);
        assertThat(pause).isEqualTo(Duration.ofMillis(100));
        for (int i = 0; i < 20; i++) {
            restarts = new Restarts(pause, Optional.empty());
            pause = restarts.next(Duration.ZERO);
        }
        assertThat(pause).isEqualTo(Duration.ofMinutes(1));
        assertThat(restarts.next(Duration.ofSeconds(10))).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void noStateIsEnteredFromTheWrongOne() {
        State exited = RUNNING.ended(Status.EXITED, 0, false, Instant.EPOCH);
        assertThatThrownBy(() -> RUNNING.started(2, Instant.EPOCH, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(RUNNING::removing).hasMessageContaining("running");
        assertThatThrownBy(exited::paused).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(RUNNING::resumed).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(exited::settled).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> exited.removing().started(2, Instant.EPOCH, 0))
                .isInstanceOf(IllegalStateException.class);
        assertThat(exited.removing().dead("why").removing().status()).isEqualTo(Status.REMOVING);
    }

    private static State restarted(int times) {
        return State.CREATED.started(1, Instant.EPOCH, times);
    }

    private static RestartPolicy policy(String name, int retries) {
        return new RestartPolicy(name, retries);
    }
}
