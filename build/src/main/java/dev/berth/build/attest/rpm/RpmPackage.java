package dev.berth.build.attest.rpm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A package as rpm's database has it.
 *
 * @param version with the release behind it, {@code 5.2.26-3.el9}
 * @param epoch empty where there is none
 * @param architecture empty where it has none
 * @param licence as its maker states it; empty where nothing is said
 * @param source the file name of the package of sources that it was built of; empty where none is named
 */
public record RpmPackage(
        String name, String version, String epoch, String architecture, String licence, String source) {
    private static final int NAME = 1000;
    private static final int VERSION = 1001;
    private static final int RELEASE = 1002;
    private static final int EPOCH = 1003;
    private static final int LICENCE = 1014;
    private static final int ARCHITECTURE = 1022;
    private static final int SOURCE = 1044;

    private static final int INT32 = 4;
    private static final int STRING = 6;
    private static final int TRANSLATED = 9;

    private static final int PREFIX_BYTES = 8;
    private static final int ENTRY_BYTES = 16;

    /** A key that packages are signed with is in the database like a package. */
    private static final String KEYS = "gpg-pubkey";

    /**
     * Of a header (rpm's manual, "RPM v4 package format", without the lead and the magic): how many entries there are and how many bytes of values, the
     * entries with tag, type, place and count, the values.
     *
     * @return nothing where it is no package
     * @throws IndexOutOfBoundsException where it is cut off
     */
    static Optional<RpmPackage> read(ByteBuffer blob) {
        ByteBuffer header = blob.slice().order(ByteOrder.BIG_ENDIAN);
        int entries = header.getInt(0);
        int values = Math.addExact(PREFIX_BYTES, Math.multiplyExact(entries, ENTRY_BYTES));
        Map<Integer, String> fields = new HashMap<>();
        for (int at = PREFIX_BYTES; at < values; at += ENTRY_BYTES) {
            int tag = header.getInt(at);
            int type = header.getInt(at + 4);
            int place = Math.addExact(values, header.getInt(at + 8));
            if (fields.containsKey(tag)) {
                continue; // so that no text is read again and again
            }
            switch (tag) {
                case NAME, VERSION, RELEASE, LICENCE, ARCHITECTURE, SOURCE -> {
                    if (type == STRING || type == TRANSLATED) {
                        fields.put(tag, text(header, place));
                    }
                }
                case EPOCH -> {
                    if (type == INT32) {
                        fields.put(tag, Integer.toUnsignedString(header.getInt(place)));
                    }
                }
                default -> {}
            }
        }
        String name = fields.getOrDefault(NAME, "");
        if (name.isEmpty() || name.equals(KEYS)) {
            return Optional.empty();
        }
        String version = fields.getOrDefault(VERSION, "");
        String release = fields.getOrDefault(RELEASE, "");
        return Optional.of(new RpmPackage(
                name,
                release.isEmpty() ? version : version + "-" + release,
                fields.getOrDefault(EPOCH, ""),
                fields.getOrDefault(ARCHITECTURE, ""),
                fields.getOrDefault(LICENCE, ""),
                fields.getOrDefault(SOURCE, "")));
    }

    private static String text(ByteBuffer header, int place) {
        int end = place;
        while (header.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - place];
        header.get(place, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
