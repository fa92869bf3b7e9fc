package dev.berth.build.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StageWaitsTest {
    private final StageWaits waits = new StageWaits();

    @Test
    void aStageDoesNotWaitForItself() {
        assertThat(waits.begin(1, 1)).isFalse();
    }

    @Test
    void theLastWaitOfACircleIsRefused() {
        assertThat(waits.begin(1, 2)).isTrue();
        assertThat(waits.begin(2, 3)).isTrue();
        assertThat(waits.begin(3, 1)).isFalse();
        waits.end(2);
        assertThat(waits.begin(3, 1)).isTrue();
    }
}
