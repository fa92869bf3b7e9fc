package dev.berth.build.inquiry;

import dev.berth.build.dockerfile.Location;
import io.avaje.json.stream.BufferedJsonWriter;
import io.avaje.json.stream.JsonStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer's JSON, in lines; what is empty is left out where BuildKit leaves it out. */
final class Document {
    private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

    /** Has a member in any case; an empty list is null, as in Go. */
    Document with(String name, Object value) {
        members.put(name, value instanceof List<?> list && list.isEmpty() ? null : value);
        return this;
    }

    /** Has a member that is neither empty nor false. */
    Document withAny(String name, Object value) {
        boolean none = value.equals("") || value.equals(List.of()) || value.equals(false);
        return none ? this : with(name, value);
    }

    /** Lines of the file. */
    Document at(Location location) {
        return with("location", location(location));
    }

    static Document location(Location location) {
        return new Document()
                .with(
                        "ranges",
                        List.of(new Document()
                                .with("start", new Document().with("line", location.first()))
                                .with("end", new Document().with("line", location.last()))));
    }

    static String data(String source) {
        return Base64.getEncoder().encodeToString(source.getBytes(StandardCharsets.UTF_8));
    }

    String text() {
        return text(this);
    }

    /** In lines, two blanks deeper with each level, as Go has it. */
    static String text(Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value, "\n");
        return text.toString();
    }

    private static void write(StringBuilder text, @Nullable Object value, String line) {
        switch (value) {
            case Document document -> {
                String next = "{";
                for (Map.Entry<String, @Nullable Object> member : document.members.entrySet()) {
                    text.append(next).append(line).append("  ");
                    text.append(quoted(member.getKey())).append(": ");
                    write(text, member.getValue(), line + "  ");
                    next = ",";
                }
                text.append(document.members.isEmpty() ? "{}" : line + "}");
            }
            case List<?> list -> {
                String next = "[";
                for (Object element : list) {
                    text.append(next).append(line).append("  ");
                    write(text, element, line + "  ");
                    next = ",";
                }
                text.append(list.isEmpty() ? "[]" : line + "]");
            }
            case String word -> text.append(quoted(word));
            case null, default -> text.append(value);
        }
    }

    private static String quoted(String word) {
        try (BufferedJsonWriter writer = JsonStream.builder().build().bufferedWriter()) {
            writer.value(word);
            return writer.result();
        }
    }
}
