package dev.berth.build.inquiry;

import java.util.ArrayList;
import java.util.List;

/** Lines of cells, aligned; the last cell of each is as long as it is. */
final class TextTable {
    private final int between;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param between blanks behind the longest cell of a column */
    TextTable(int between) {
        this.between = between;
    }

    TextTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public String toString() {
        int columns = rows.getFirst().size();
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < columns - 1; column++) {
                String cell = row.get(column);
                text.append(cell).repeat(' ', width(column) + between - cell.length());
            }
            text.append(row.get(columns - 1)).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
