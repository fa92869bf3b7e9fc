package dev.berth.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTextTest {
    @Test
    void anAliasIsTheNameWhereNoneIsGiven() {
        assertThat(LinkText.parse("db")).isEqualTo(new LinkText("db", "db"));
        assertThat(LinkText.parse("db:database")).isEqualTo(new LinkText("db", "database"));
        assertThat(LinkText.parse("/db:/client/database")).isEqualTo(new LinkText("db", "database"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b:c", ":b", "a:", "a:b c", "a:b\nc", "a:b/c", " :b"})
    void whatIsNoLinkIsRefused(String text) {
        assertThatThrownBy(() -> LinkText.parse(text)).hasMessage("bad format for links: " + text);
    }

    @Test
    void nothingIsNoLink() {
        assertThatThrownBy(() -> LinkText.parse("")).hasMessage("empty string specified for links");
    }
}
