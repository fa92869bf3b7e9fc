package dev.berth.build.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.error.EngineException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheFilterTest {
    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
    private static final CacheEntry ENTRY = new CacheEntry(
            "abcdefghijklmnopqrstuvwxy", CacheEntry.Type.MOUNT, "cached mount /c", 10, NOON, NOON, 1, false, true);

    @ParameterizedTest
    @CsvSource({
        "id, abc, true",
        "id, bcd, false",
        "id, abcdefghijklmnopqrstuvwxyz0123, true",
        "id, '', false",
        "type, exec.cachemount, true",
        "type, regular, false",
        "description, cached mount /c, true",
        "description, cached, false",
        "parent, abc, false",
        "inuse, true, false",
        "inuse, 0, true",
        "shared, '', true",
        "private, true, false",
        "until, 2026-11-26T12:00:01Z, true",
        "until, 2026-11-26T11:00:00Z, false",
        "unused-for, 2026-11-26T11:00:00Z, false"
    })
    void dockersApiNamesWhatIsMeant(String name, String value, boolean meant) {
        assertThat(CacheFilter.of(Map.of(name, List.of(value))).means(ENTRY)).isEqualTo(meant);
    }

    @Test
    void oneValueOfEachNameMustFit() {
        assertThat(CacheFilter.of(Map.of("type", List.of("regular", "exec.cachemount"), "id", List.of("abc")))
                        .means(ENTRY))
                .isTrue();
        assertThat(CacheFilter.of(Map.of("type", List.of("exec.cachemount"), "id", List.of("x")))
                        .means(ENTRY))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type==exec.cachemount|true",
                "type!=exec.cachemount|false",
                "type~=mount$|true",
                "id~=^bcd|false",
                "id~=bcd|true",
                "shared|true",
                "private|false",
                "inuse|false",
                "mutable|true",
                "immutable|false",
                "shared==false|false",
                "inuse!=true|true",
                "type==exec.cachemount,shared|true",
                "type==exec.cachemount,private|false",
                "description==\"cached mount /c\"|true",
                "parents|false",
                "id|true"
            })
    void buildKitsClientsWriteConditions(String expression, boolean meant) {
        assertThat(CacheFilter.parse(List.of(expression)).means(ENTRY)).isEqualTo(meant);
        assertThat(CacheFilter.parse(List.of("id==none", expression)).means(ENTRY))
                .isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"color", "type=regular", "==x", "id~=(", "inuse==maybe", "shared,,private"})
    void whatMakesNoSenseIsRefused(String expression) {
        assertThatThrownBy(() -> CacheFilter.parse(List.of(expression)))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith("invalid ");
    }

    @Test
    void aFilterThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> CacheFilter.of(Map.of("color", List.of("red"))))
                .hasMessage("invalid filter 'color'");
        assertThatThrownBy(() -> CacheFilter.of(Map.of("inuse", List.of("maybe"))))
                .hasMessage("invalid filter 'inuse=maybe'");
    }
}
