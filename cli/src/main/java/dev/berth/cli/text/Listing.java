package dev.berth.cli.text;

import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rows printed as a table, by a template a row, by a template as a table, or as JSON. */
public final class Listing {
    private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*\\.(\\w+)[^}]*}}");

    private final Map<String, String> headings;
    private final List<Map<String, Object>> rows = new ArrayList<>();

    /** @param headings by the name of the column; those of the default table first, in order */
    public Listing(Map<String, String> headings) {
        this.headings = headings;
    }

    public void row(Map<String, Object> cells) {
        rows.add(cells);
    }

    /**
     * Prints them.
     *
     * @param format of {@code --format}: empty for the table of these columns
     */
    public void print(PrintStream out, Optional<String> format, List<String> columns) {
        if (format.isEmpty() || format.get().equals("table")) {
            printTable(out, columns);
        } else if (format.get().equals("json")) {
            rows.forEach(row -> out.println(Json.text(row)));
        } else if (format.get().startsWith("table ")) {
            printTemplates(out, format.get().substring("table ".length()));
        } else {
            Template template = new Template(format.get());
            rows.forEach(row -> out.println(template.apply(new Tree(row))));
        }
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
        Template template = new Template(format);
        Table table = new Table();
        List<String> first = new ArrayList<>();
        String unescaped = format.replace("\\t", "\t");
        for (String cell : unescaped.split("\t", -1)) {
            Matcher field = FIELD.matcher(cell);
            first.add(field.replaceAll(match -> Matcher.quoteReplacement(heading(match.group(1)))));
        }
        table.row(first);
        for (Map<String, Object> row : rows) {
            table.row(List.of(template.apply(new Tree(row)).split("\t", -1)));
        }
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
