package dev.berth.build.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** The fields of a flag's value, separated by commas; one in quotes may hold commas itself (RFC 4180). */
final class CsvFields {
    private CsvFields() {}

    /** @throws LanguageException for quotes where none may be */
    static List<String> of(String value) {
        List<String> fields = new ArrayList<>();
        int at = 0;
        while (true) {
            StringBuilder field = new StringBuilder();
            at = value.startsWith("\"", at) ? quoted(value, at, field) : plain(value, at, field);
            fields.add(field.toString());
            if (at == value.length()) {
                return fields;
            }
            at++;
        }
    }

    private static int plain(String value, int start, StringBuilder field) {
        int comma = value.indexOf(',', start);
        int end = comma < 0 ? value.length() : comma;
        field.append(value, start, end);
        int quote = field.indexOf("\"");
        if (quote >= 0) {
            throw wrong(start + quote, "bare \" in non-quoted field");
        }
        return end;
    }

    private static int quoted(String value, int start, StringBuilder field) {
        int at = start + 1;
        while (true) {
            int quote = value.indexOf('"', at);
            if (quote < 0) {
                throw wrong(value.length(), "extraneous or missing \" in quoted-field");
            }
            field.append(value, at, quote);
            at = quote + 1;
            if (at == value.length() || value.charAt(at) == ',') {
                return at;
            }
            if (value.charAt(at) != '"') {
                throw wrong(quote, "extraneous or missing \" in quoted-field");
            }
            field.append('"');
            at++;
        }
    }

    private static LanguageException wrong(int at, String what) {
        return new LanguageException(
                "failed to parse csv mounts: parse error on line 1, column " + (at + 1) + ": " + what);
    }
}
