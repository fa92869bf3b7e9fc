package dev.berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupLimitsTest {
    @Test
    void memoryAndSwapTogetherCannotBeLessThanMemory() {
        assertThatThrownBy(() -> memory(OptionalLong.of(2000), OptionalLong.of(1000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000 bytes")
                .hasMessageContaining("2000 bytes");
        assertThatCode(() -> memory(OptionalLong.of(2000), OptionalLong.of(-1))).doesNotThrowAnyException();
    }

    @Test
    void aLimitOnSwapNeedsOneOnMemory() {
        assertThatThrownBy(() -> memory(OptionalLong.empty(), OptionalLong.of(1000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a limit on memory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "berth", "/", "/a/", "/a//b", "/a/../b", "/..", "/a/.", "/a\nb"})
    void aPathThatCouldLeadElsewhereIsRefused(String path) {
        assertThatThrownBy(() -> CgroupPath.parse(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a control group's path");
    }

    private static CgroupLimits memory(OptionalLong memory, OptionalLong swap) {
        OptionalLong none = OptionalLong.empty();
        return new CgroupLimits(memory, swap, none, none, none, none, "", "", none, false, List.of());
    }
}
