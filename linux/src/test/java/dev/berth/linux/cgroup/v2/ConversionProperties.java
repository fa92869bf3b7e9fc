package dev.berth.linux.cgroup.v2;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class ConversionProperties {
    @Property
    void aWeightIsAlwaysOneTheKernelTakes(@ForAll @LongRange(min = 0) long shares) {
        assertThat(CpuController.weight(shares)).isBetween(1L, 10_000L);
    }

    @Property
    void moreSharesNeverWeighLess(
            @ForAll @LongRange(min = 2, max = 262_144) long shares, @ForAll @LongRange(min = 0, max = 1000) long more) {
        assertThat(CpuController.weight(shares + more)).isGreaterThanOrEqualTo(CpuController.weight(shares));
    }

    @Example
    void theDefaultAndBothEndsOfTheSharesMeetThoseOfTheWeights() {
        assertThat(CpuController.weight(2)).isEqualTo(1);
        assertThat(CpuController.weight(1024)).isEqualTo(100);
        assertThat(CpuController.weight(262_144)).isEqualTo(10_000);
    }

    @Property
    void swapIsWhatIsAllowedBeyondMemory(
            @ForAll @LongRange(min = 0, max = 1L << 40) long memory,
            @ForAll @LongRange(min = 0, max = 1L << 40) long swap) {
        assertThat(MemoryController.swap(memory, memory + swap)).isEqualTo(swap);
        assertThat(MemoryController.swap(memory, -1)).isEqualTo(-1);
        assertThat(MemoryController.swap(-1, memory)).isEqualTo(-1);
    }
}
