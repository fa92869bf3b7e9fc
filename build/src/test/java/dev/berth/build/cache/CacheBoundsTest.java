package dev.berth.build.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CacheBoundsTest {
    @Test
    void whereNothingIsSaidNothingIsKept() {
        assertThat(CacheBounds.NONE.kept(100, 0)).isEmpty();
    }

    @Test
    void whatIsReservedStaysAndNoMore() {
        assertThat(CacheBounds.reserved(30).kept(100, 0)).hasValue(30L);
    }

    @Test
    void asMuchStaysAsMayBeUsed() {
        assertThat(new CacheBounds(0, 60, 0).kept(100, 0)).hasValue(60L);
        assertThat(new CacheBounds(70, 60, 0).kept(100, 0)).hasValue(70L);
    }

    @Test
    void asMuchGoesAsTheDiskMisses() {
        assertThat(new CacheBounds(0, 0, 50).kept(100, 60)).hasValue(100L);
        assertThat(new CacheBounds(0, 0, 50).kept(100, 20)).hasValue(70L);
        assertThat(new CacheBounds(0, 60, 50).kept(100, 20)).hasValue(60L);
        assertThat(new CacheBounds(0, 90, 50).kept(100, 20)).hasValue(70L);
        assertThat(new CacheBounds(80, 60, 50).kept(100, 20)).hasValue(80L);
        assertThat(new CacheBounds(0, 0, 500).kept(100, 20)).hasValue(0L);
    }
}
