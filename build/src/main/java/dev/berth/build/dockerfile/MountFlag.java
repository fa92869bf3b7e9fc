package dev.berth.build.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The value of a {@code --mount}, whose fields may hold variables.
 *
 * @param fields in their order
 */
public record MountFlag(List<Field> fields) {
    public MountFlag {
        fields = List.copyOf(fields);
    }

    /**
     * A field.
     *
     * @param key in small letters
     * @param value nothing where there is no {@code =}
     */
    public record Field(String key, Optional<String> value) {
        String text() {
            return key + value.map(given -> "=" + given).orElse("");
        }
    }

    /** @throws LanguageException when it has no fields, or names a stage by a variable, which must be known before the build */
    static MountFlag parse(String text, char escape) {
        List<Field> fields = new ArrayList<>();
        for (String field : CsvFields.of(text)) {
            int equals = field.indexOf('=');
            String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
            Optional<String> value = equals < 0 ? Optional.empty() : Optional.of(field.substring(equals + 1));
            if (key.equals("from") && value.filter(MountFlag::hasVariable).isPresent()) {
                throw new LanguageException("'from' doesn't support variable expansion, define alias stage instead");
            }
            fields.add(new Field(key, value));
        }
        MountFlag flag = new MountFlag(fields);
        if (fields.stream()
                .allMatch(field ->
                        field.value().filter(value -> isExpanded(value, escape)).isEmpty())) {
            flag.read();
        }
        return flag;
    }

    private static boolean hasVariable(String value) {
        int dollar = value.indexOf('$');
        return dollar >= 0 && dollar < value.length() - 1;
    }

    private static boolean isExpanded(String value, char escape) {
        return value.chars().anyMatch(c -> c == '$' || c == '"' || c == '\'' || c == escape);
    }

    /** The stage or image that it needs. */
    public Optional<String> from() {
        Optional<String> from = Optional.empty();
        for (Field field : fields) {
            from = field.key().equals("from") ? field.value() : from;
        }
        return from.filter(name -> !name.isEmpty());
    }

    MountFlag expand(UnaryOperator<String> expansion) {
        return new MountFlag(fields.stream()
                .map(field -> new Field(field.key(), field.value().map(expansion)))
                .toList());
    }

    /**
     * What it means, once its variables are filled in.
     *
     * @throws LanguageException when it means nothing
     */
    public RunMount read() {
        return new MountReader(this).read();
    }
}
