package dev.berth.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListingTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Listing listing = new Listing(Listing.headings("ID", "CONTAINER ID", "Names", "NAMES"));

    @BeforeEach
    void fill() {
        listing.row(Map.of("ID", "0123456789ab", "Names", "one"));
        listing.row(Map.of("ID", "ba9876543210", "Names", "two"));
    }

    private String print(Optional<String> format) {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        listing.print(out, format, List.of("ID", "Names"));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void isATableByDefault() {
        assertThat(print(Optional.empty()).lines())
                .containsExactly("CONTAINER ID   NAMES", "0123456789ab   one", "ba9876543210   two");
    }

    @Test
    void isALineATemplate() {
        assertThat(print(Optional.of("{{.Names}}: {{.ID}}")).lines())
                .containsExactly("one: 0123456789ab", "two: ba9876543210");
    }

    @Test
    void isATableOfTemplates() {
        assertThat(print(Optional.of("table {{.Names}}\\t{{.ID}}")).lines())
                .containsExactly("NAMES     CONTAINER ID", "one       0123456789ab", "two       ba9876543210");
    }

    @Test
    void isJson() {
        assertThat(print(Optional.of("json")).lines())
                .hasSize(2)
                .first()
                .asString()
                .contains("\"Names\":\"one\"")
                .startsWith("{")
                .endsWith("}");
    }
}
