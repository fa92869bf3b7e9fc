package dev.berth.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreThreeBlanksApartAndAtLeastTenWide() {
        Table table = new Table();
        table.row(List.of("ID", "REPOSITORY", "SIZE"));
        table.row(List.of("0123456789ab", "x", "1kB"));
        assertThat(table.toString())
                .isEqualTo("ID             REPOSITORY   SIZE\n" + "0123456789ab   x            1kB\n");
    }

    @Test
    void aShortColumnIsTenWide() {
        Table table = new Table();
        table.row(List.of("A", "B"));
        assertThat(table.toString()).isEqualTo("A         B\n");
    }
}
