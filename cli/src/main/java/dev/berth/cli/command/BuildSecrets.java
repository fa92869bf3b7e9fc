package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** {@code --secret}: files and variables for {@code RUN --mount=type=secret}, in a header of the request. */
final class BuildSecrets {
    /** All of them: the daemon takes a quarter of a megabyte of headers, and they are in base64 twice. */
    private static final int MOST_BYTES = 96 << 10;

    private BuildSecrets() {}

    /** The header; none where there is no secret. */
    static Map<String, String> header(List<String> flags, Function<String, Optional<String>> environment)
            throws IOException {
        Map<String, String> secrets = new LinkedHashMap<>();
        int bytes = 0;
        for (String flag : flags) {
            Map<String, String> fields = fields(flag);
            String id = fields.getOrDefault("id", "");
            byte[] value = value(flag, id, fields, environment);
            bytes += value.length;
            if (bytes > MOST_BYTES) {
                throw invalid(flag, "all secrets together may have " + MOST_BYTES + " bytes");
            }
            secrets.put(id, Base64.getEncoder().encodeToString(value));
        }
        return secrets.isEmpty()
                ? Map.of()
                : Map.of(
                        "X-Berth-Secrets",
                        Base64.getUrlEncoder().encodeToString(Json.text(secrets).getBytes(StandardCharsets.UTF_8)));
    }

    private static Map<String, String> fields(String flag) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : flag.split(",", -1)) {
            int equals = field.indexOf('=');
            if (equals <= 0) {
                throw invalid(flag, "invalid field '" + field + "' must be a key=value pair");
            }
            String key = field.substring(0, equals);
            if (!List.of("id", "src", "source", "env", "type").contains(key)) {
                throw invalid(flag, "unexpected key '" + key + "' in '" + field + "'");
            }
            fields.put(key.equals("source") ? "src" : key, field.substring(equals + 1));
        }
        if (fields.getOrDefault("id", "").isEmpty()) {
            throw invalid(flag, "secret missing ID");
        }
        String type = fields.getOrDefault("type", "file");
        if (!type.equals("file") && !type.equals("env")) {
            throw invalid(flag, "unsupported secret type \"" + type + "\"");
        }
        return fields;
    }

    /** Of the variable or file that is named; where none is, of the variable or else the file of the secret's own name. */
    private static byte[] value(
            String flag, String id, Map<String, String> fields, Function<String, Optional<String>> environment)
            throws IOException {
        boolean typed = "env".equals(fields.get("type"));
        Optional<String> source = Optional.ofNullable(fields.get("src"));
        Optional<String> variable = Optional.ofNullable(fields.get("env"))
                .or(() -> typed ? source.or(() -> Optional.of(id)) : Optional.empty());
        if (variable.isPresent()) {
            return environment
                    .apply(variable.get())
                    .orElseThrow(() -> invalid(flag, "the variable " + variable.get() + " is not set"))
                    .getBytes(StandardCharsets.UTF_8);
        }
        Optional<String> own = source.isPresent() ? Optional.empty() : environment.apply(id);
        if (own.isPresent()) {
            return own.get().getBytes(StandardCharsets.UTF_8);
        }
        Path file = Path.of(source.orElse(id));
        if (!Files.exists(file) || Files.isDirectory(file)) {
            throw invalid(flag, "failed to stat " + file + ": no such file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MOST_BYTES + 1);
        }
    }

    private static CliException invalid(String flag, String why) {
        return new CliException("invalid secret \"" + flag + "\": " + why);
    }
}
