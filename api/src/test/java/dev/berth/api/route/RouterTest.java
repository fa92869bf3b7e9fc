package dev.berth.api.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {
    private static final Router.Endpoint ONE = call -> {};
    private static final Router.Endpoint TWO = call -> {};

    private final Router router = new Router();

    @BeforeEach
    void fill() {
        router.add("GET", "/images/json", ONE);
        router.add("GET", "/images/{name...}/json", TWO);
        router.add("DELETE", "/images/{name...}", TWO);
        router.add("GET", "/containers/{id}/json", ONE);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /images/debian/json, debian",
        "GET, /images/localhost:5000/a/b:1/json, localhost:5000/a/b:1",
        "DELETE, /images/a/b, a/b",
        "GET, //images/debian//json/, debian"
    })
    void aNameMayHaveSlashes(String method, String path, String name) {
        assertThat(router.find(method, path)).hasValueSatisfying(match -> {
            assertThat(match.endpoint()).isSameAs(TWO);
            assertThat(match.path()).containsEntry("name", name);
        });
    }

    @Test
    void theMoreParticularComesFirst() {
        assertThat(router.find("GET", "/images/json"))
                .hasValueSatisfying(match -> assertThat(match.endpoint()).isSameAs(ONE));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /images/json",
        "GET, /images",
        "GET, /",
        "GET, /containers/a/b/json",
        "GET, /containers/json",
        "DELETE, /images",
        "get, /images/json"
    })
    void anythingElseIsNotFound(String method, String path) {
        assertThat(router.find(method, path)).isEmpty();
    }
}
