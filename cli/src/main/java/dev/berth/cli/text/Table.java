package dev.berth.cli.text;

import java.util.ArrayList;
import java.util.List;

/** Rows of text under headings, in columns three blanks apart. */
public final class Table {
    private static final int GAP = 3;
    private static final int LEAST_WIDTH = 10;

    private final int leastWidth;
    private final List<List<String>> rows = new ArrayList<>();

    public Table() {
        this(LEAST_WIDTH);
    }

    /** @param leastWidth of a column, the blanks behind it included */
    public Table(int leastWidth) {
        this.leastWidth = leastWidth;
    }

    public void row(List<String> cells) {
        rows.add(List.copyOf(cells));
    }

    @Override
    public String toString() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(
                        widths[i], Math.max(leastWidth - GAP, row.get(i).length()));
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i));
                if (i < row.size() - 1) {
                    line.append(" ".repeat(widths[i] + GAP - row.get(i).length()));
                }
            }
            text.append(line).append('\n');
        }
        return text.toString();
    }
}
