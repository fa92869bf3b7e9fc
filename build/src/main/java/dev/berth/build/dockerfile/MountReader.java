package dev.berth.build.dockerfile;

import dev.berth.build.dockerfile.MountFlag.Field;
import dev.berth.build.dockerfile.RunMount.Bind;
import dev.berth.build.dockerfile.RunMount.Cache;
import dev.berth.build.dockerfile.RunMount.Secret;
import dev.berth.build.dockerfile.RunMount.Sharing;
import dev.berth.build.dockerfile.RunMount.Ssh;
import dev.berth.build.dockerfile.RunMount.Tmpfs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the fields of a {@code --mount}. A field that a mount of its type does not have is refused by name. */
final class MountReader {
    private static final int SECRET_MODE = 0400;
    private static final int SSH_MODE = 0600;
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]*)?)\\s*([kKmMgGtTpP]?)(?:[iI]?[bB])?");

    private enum Type {
        BIND("from", "source", "readonly"),
        CACHE("id", "from", "source", "readonly", "sharing", "mode", "uid", "gid"),
        TMPFS("size", "readonly"),
        SECRET("id", "source", "env", "required", "mode", "uid", "gid"),
        SSH("id", "required", "mode", "uid", "gid");

        private final Set<String> keys;

        Type(String... keys) {
            this.keys = Set.of(keys);
        }

        String shown() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Keys, and what they are called here. */
    private static final Map<String, String> KEYS = keys();

    private static Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String key : List.of(
                "type",
                "from",
                "source",
                "target",
                "readonly",
                "readwrite",
                "id",
                "sharing",
                "required",
                "size",
                "mode",
                "uid",
                "gid",
                "env")) {
            keys.put(key, key);
        }
        keys.put("src", "source");
        keys.put("dst", "target");
        keys.put("destination", "target");
        keys.put("ro", "readonly");
        keys.put("rw", "readwrite");
        return Map.copyOf(keys);
    }

    private final Type type;
    private final Map<String, String> values = new LinkedHashMap<>();

    MountReader(MountFlag flag) {
        this.type = type(flag);
        for (Field field : flag.fields()) {
            add(field);
        }
    }

    private static Type type(MountFlag flag) {
        String name = "bind";
        for (Field field : flag.fields()) {
            name = field.key().equals("type") ? field.value().orElse("") : name;
        }
        for (Type type : Type.values()) {
            if (type.name().equalsIgnoreCase(name)) {
                return type;
            }
        }
        throw new LanguageException(Suggestion.append(
                "unsupported mount type " + Text.quote(name),
                name,
                List.of("bind", "cache", "secret", "ssh", "tmpfs")));
    }

    private void add(Field field) {
        String key = KEYS.get(field.key());
        if (key == null) {
            String message = "unexpected key '" + field.key() + "' in '" + field.text() + "'";
            throw new LanguageException(
                    field.value().isEmpty()
                            ? "invalid field '" + field.text() + "' must be a key=value pair"
                            : Suggestion.append(message, field.key(), KEYS.keySet()));
        }
        boolean isSwitch = key.equals("readonly") || key.equals("readwrite") || key.equals("required");
        if (field.value().isEmpty() && !isSwitch) {
            throw new LanguageException("invalid field '" + field.text() + "' must be a key=value pair");
        }
        String value = field.value().orElse("true");
        if (key.equals("readwrite")) {
            key = "readonly";
            value = String.valueOf(!isTrue(field.key(), value));
        } else if (isSwitch) {
            value = String.valueOf(isTrue(field.key(), value));
        }
        if (!key.equals("type") && !key.equals("target") && !type.keys.contains(key)) {
            throw new LanguageException("unexpected key '" + field.key() + "' for mount type '" + type.shown() + "'");
        }
        values.put(key, value);
    }

    private static boolean isTrue(String key, String value) {
        return Text.truth(value).orElseThrow(() -> new LanguageException("invalid value for " + key + ": " + value));
    }

    RunMount read() {
        return switch (type) {
            case BIND -> new Bind(text("target"), from(), text("source"), isReadOnly(true));
            case CACHE ->
                new Cache(
                        text("target"),
                        text("id"),
                        from(),
                        text("source"),
                        sharing(),
                        isReadOnly(false),
                        number("mode", 8),
                        number("uid", 10),
                        number("gid", 10));
            case TMPFS -> tmpfs();
            case SECRET -> secret();
            case SSH ->
                new Ssh(
                        text("target"),
                        text("id").isEmpty() ? "default" : text("id"),
                        values.getOrDefault("required", "false").equals("true"),
                        number("mode", 8).orElse(SSH_MODE),
                        number("uid", 10).orElse(0),
                        number("gid", 10).orElse(0));
        };
    }

    private RunMount tmpfs() {
        if (isReadOnly(false)) {
            throw new LanguageException("a mount of type 'tmpfs' that is read-only stays empty");
        }
        return new Tmpfs(text("target"), size());
    }

    private RunMount secret() {
        if (!text("source").isEmpty() && !text("id").isEmpty()) {
            throw new LanguageException("both source and id can't be set");
        }
        String id = text("source").isEmpty() ? text("id") : text("source");
        if (id.isEmpty() && text("target").isEmpty()) {
            throw new LanguageException("invalid secret mount. one of source, target required");
        }
        String name = id.isEmpty() ? lastPart(text("target")) : id;
        Optional<String> variable = Optional.ofNullable(values.get("env")).map(given -> given.isEmpty() ? name : given);
        String target =
                text("target").isEmpty() && variable.isEmpty() ? "/run/secrets/" + lastPart(name) : text("target");
        return new Secret(
                target,
                name,
                variable,
                values.getOrDefault("required", "false").equals("true"),
                number("mode", 8).orElse(SECRET_MODE),
                number("uid", 10).orElse(0),
                number("gid", 10).orElse(0));
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private String text(String key) {
        return values.getOrDefault(key, "");
    }

    private Optional<String> from() {
        return Optional.of(text("from")).filter(from -> !from.isEmpty());
    }

    private boolean isReadOnly(boolean byDefault) {
        return values.containsKey("readonly") ? text("readonly").equals("true") : byDefault;
    }

    private Sharing sharing() {
        String value = values.getOrDefault("sharing", "shared");
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "shared" -> Sharing.SHARED;
            case "private" -> Sharing.PRIVATE;
            case "locked" -> Sharing.LOCKED;
            default ->
                throw new LanguageException(Suggestion.append(
                        "unsupported sharing value " + Text.quote(value),
                        value,
                        List.of("locked", "private", "shared")));
        };
    }

    private OptionalInt number(String key, int radix) {
        if (!values.containsKey(key)) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseUnsignedInt(text(key), radix));
        } catch (NumberFormatException e) {
            throw new LanguageException("invalid value " + text(key) + " for " + key);
        }
    }

    private OptionalLong size() {
        if (!values.containsKey("size")) {
            return OptionalLong.empty();
        }
        Matcher size = SIZE.matcher(text("size"));
        double bytes = size.matches()
                ? Double.parseDouble(size.group(1))
                        * Math.pow(
                                1024,
                                " kmgtp"
                                        .indexOf((size.group(2) + " ")
                                                .toLowerCase(Locale.ROOT)
                                                .charAt(0)))
                : -1;
        if (bytes < 0 || bytes >= Long.MAX_VALUE) {
            throw new LanguageException("invalid value for size: " + text("size"));
        }
        return OptionalLong.of((long) bytes);
    }
}
