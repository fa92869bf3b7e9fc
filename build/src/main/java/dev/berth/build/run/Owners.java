package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.image.files.FileTree;
import dev.berth.image.layer.ArchiveUnpacker.Owner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code --chown}: users and groups by the names that an image's own files give them. */
final class Owners {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");
    private static final int MOST_BYTES = 1 << 20;

    private final FileTree files;

    Owners(FileTree files) {
        this.files = files;
    }

    /** Whether nobody is called by a name. */
    static boolean isNumbers(String text) {
        return text.isEmpty()
                || Arrays.stream(text.split(":", 2))
                        .allMatch(part -> NUMBER.matcher(part).matches());
    }

    /**
     * Who is meant.
     *
     * @param text {@code user[:group]}, each a name or a number; a user without a group has the group of its name, or of its
     *     number
     */
    Owner owner(String text) throws IOException {
        String[] parts = text.split(":", 2);
        Optional<String[]> entry = NUMBER.matcher(parts[0]).matches() ? Optional.empty() : entry("passwd", parts[0]);
        int uid = NUMBER.matcher(parts[0]).matches()
                ? number(parts[0])
                : number(entry.orElseThrow(() -> unknown("uid", "user", parts[0]))[2]);
        if (parts.length < 2) {
            return new Owner(uid, entry.map(found -> number(found[3])).orElse(uid));
        }
        int gid = NUMBER.matcher(parts[1]).matches()
                ? number(parts[1])
                : number(entry("group", parts[1]).orElseThrow(() -> unknown("gid", "group", parts[1]))[2]);
        return new Owner(uid, gid);
    }

    /** The fields of a user's or a group's line (passwd(5), group(5)). */
    private Optional<String[]> entry(String file, String name) throws IOException {
        List<String> path = List.of("etc", file);
        if (files.find(path).isEmpty()) {
            return Optional.empty();
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        files.read(path, (_, bytes) -> {
            while (bytes.hasRemaining() && content.size() < MOST_BYTES) {
                content.write(bytes.get());
            }
        });
        return content.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length >= 4 && fields[0].equals(name))
                .findFirst();
    }

    private static int number(String text) {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw BuildException.invalid("\"" + text + "\" is not the number of a user or a group");
        }
    }

    private static BuildException unknown(String number, String kind, String name) {
        return BuildException.invalid("unable to convert uid/gid chown string to host mapping: can't find " + number
                + " for " + kind + " " + name + ": no such " + kind + ": " + name);
    }
}
