package dev.berth.cli.text;

import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows printed as a table, by a template a row, by a template as a table, or as JSON. */
public final class Listing {
    private final Map<String, String> headings;
    private final List<Map<String, Object>> rows = new ArrayList<>();

    /** @param headings by the name of the column; those of the default table first, in order */
    public Listing(Map<String, String> headings) {
        this.headings = headings;
    }

    /**
     * Adds a row.
     *
     * @param cells by the name of the column; a {@link Template.Method} is for templates only
     */
    public void row(Map<String, Object> cells) {
        rows.add(cells);
    }

    /**
     * Prints them.
     *
     * @param format of {@code --format}: empty for the table of these columns
     */
    public void print(PrintStream out, Optional<String> format, List<String> columns) {
        String asked = format.orElse("").strip().replace("\\t", "\t").replace("\\n", "\n");
        if (asked.isEmpty() || asked.equals("table")) {
            printTable(out, columns);
        } else if (asked.equals("json")) {
            rows.forEach(row -> out.println(json(row)));
        } else if (asked.startsWith("table")) {
            printTemplates(out, asked.substring("table".length()).strip());
        } else {
            Template template = new Template(asked, Template.Style.ROWS);
            rows.forEach(row -> out.println(template.apply(new Tree(row))));
        }
    }

    /** A row with its columns by their names, as {@code --format json} prints it. */
    static String json(@Nullable Object row) {
        return Json.text(row instanceof Map<?, ?> map ? new TreeMap<>(map) : row)
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026");
    }

    private void printTable(PrintStream out, List<String> columns) {
        Table table = new Table();
        table.row(columns.stream().map(this::heading).toList());
        for (Map<String, Object> row : rows) {
            table.row(columns.stream()
                    .map(column -> String.valueOf(row.getOrDefault(column, "")))
                    .toList());
        }
        out.print(table);
    }

    private String heading(String column) {
        return headings.getOrDefault(column, column.toUpperCase(java.util.Locale.ROOT));
    }

    private void printTemplates(PrintStream out, String format) {
        Template template = new Template(format, Template.Style.ROWS);
        List<String> lines = new ArrayList<>();
        for (Map<String, Object> row : rows) {
            lines.add(template.apply(new Tree(row)));
        }
        Map<String, String> all = new LinkedHashMap<>(headings);
        rows.stream().findFirst().ifPresent(row -> row.keySet().forEach(name -> all.putIfAbsent(name, heading(name))));
        Table table = new Table();
        lines.addFirst(template.heading(all));
        lines.forEach(line -> table.row(List.of(line.split("\t", -1))));
        out.print(table);
    }

    /** Headings from alternating names and headings. */
    public static Map<String, String> headings(String... namesAndHeadings) {
        Map<String, String> headings = new LinkedHashMap<>();
        for (int i = 0; i < namesAndHeadings.length; i += 2) {
            headings.put(namesAndHeadings[i], namesAndHeadings[i + 1]);
        }
        return headings;
    }
}
