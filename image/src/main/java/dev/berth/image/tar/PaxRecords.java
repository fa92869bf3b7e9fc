package dev.berth.image.tar;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The records of a PAX extended header (POSIX.1-2017, pax, "pax Extended Header"): {@code "length key=value\n"} each,
 * the value being bytes. A later record of a key replaces an earlier one, an empty value removes it.
 */
final class PaxRecords {
    static final String XATTR = "SCHILY.xattr.";

    private static final int MAX_NUMBER_DIGITS = 40;

    private final Map<String, byte[]> values = new LinkedHashMap<>();
    private final Map<String, byte[]> xattrs = new LinkedHashMap<>();
    private final SparseMap sparse;

    private PaxRecords(Limits limits) {
        this.sparse = new SparseMap(limits);
    }

    static PaxRecords none(Limits limits) {
        return new PaxRecords(limits);
    }

    static PaxRecords parse(byte[] header, Limits limits) throws ImageException {
        PaxRecords records = new PaxRecords(limits);
        long sparseOffset = -1;
        int at = 0;
        while (at < header.length && header[at] != 0) {
            int space = indexOf(header, ' ', at, Math.min(header.length, at + 12));
            int length = (int) decimal(header, at, space);
            int end = at + length;
            int equals = indexOf(header, '=', space + 1, Math.min(header.length, Math.max(end, 0)));
            if (length <= 0 || end > header.length || end <= equals || header[end - 1] != '\n') {
                throw damaged();
            }
            String key = new String(header, space + 1, equals - space - 1, StandardCharsets.UTF_8);
            byte[] value = Arrays.copyOfRange(header, equals + 1, end - 1);
            switch (key) {
                case "GNU.sparse.offset" -> sparseOffset = number(key, value);
                case "GNU.sparse.numbytes" -> records.sparse.add(sparseOffset, number(key, value));
                default -> records.put(key, value, limits);
            }
            at = end;
        }
        return records;
    }

    Optional<String> text(String key) throws ImageException {
        byte[] value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (indexOfOrNone(value, (byte) 0) >= 0) {
            throw ImageException.invalid("a tar archive's extended header has a NUL in " + key);
        }
        return Optional.of(new String(value, StandardCharsets.ISO_8859_1));
    }

    long number(String key, long otherwise) throws ImageException {
        byte[] value = values.get(key);
        return value == null ? otherwise : number(key, value);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Seconds since the epoch with a fraction. */
    Optional<Instant> time(String key) throws ImageException {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (text.get().length() > MAX_NUMBER_DIGITS || !text.get().matches("-?[0-9]+(\\.[0-9]*)?")) {
                throw damaged();
            }
            BigDecimal seconds = new BigDecimal(text.get()).setScale(9, RoundingMode.FLOOR);
            long whole = seconds.setScale(0, RoundingMode.FLOOR).longValueExact();
            return Optional.of(Instant.ofEpochSecond(
                    whole,
                    seconds.subtract(BigDecimal.valueOf(whole))
                            .movePointRight(9)
                            .longValueExact()));
        } catch (ArithmeticException | DateTimeException e) {
            throw ImageException.invalid("a tar archive's extended header has a time out of range: " + text.get());
        }
    }

    Map<String, byte[]> xattrs() {
        return xattrs;
    }

    /** The runs of data of a sparse file in the notations that keep them in the header (0.0 and 0.1). */
    SparseMap sparse() throws ImageException {
        Optional<String> map = text("GNU.sparse.map");
        if (map.isPresent()) {
            String[] numbers = map.get().split(",", -1);
            for (int i = 0; i + 1 < numbers.length; i += 2) {
                sparse.add(
                        number("GNU.sparse.map", numbers[i].getBytes(StandardCharsets.ISO_8859_1)),
                        number("GNU.sparse.map", numbers[i + 1].getBytes(StandardCharsets.ISO_8859_1)));
            }
        }
        return sparse;
    }

    private void put(String key, byte[] value, Limits limits) throws ImageException {
        Map<String, byte[]> map = key.startsWith(XATTR) ? xattrs : values;
        String name = key.startsWith(XATTR) ? key.substring(XATTR.length()) : key;
        if (value.length == 0 && map == values) {
            map.remove(name);
            return;
        }
        map.put(name, value);
        if (map == xattrs && (value.length > limits.xattrBytes() || xattrs.size() > limits.xattrs())) {
            throw ImageException.tooLarge(
                    "a file in a tar archive has too large or too many extended attributes; at most " + limits.xattrs()
                            + " of " + limits.xattrBytes() + " bytes are taken");
        }
    }

    private static long number(String key, byte[] value) throws ImageException {
        if (value.length == 0 || value.length > 19) {
            throw ImageException.invalid("a tar archive's extended header has no number in " + key);
        }
        return decimal(value, 0, value.length);
    }

    private static long decimal(byte[] bytes, int from, int to) throws ImageException {
        long value = 0;
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                throw damaged();
            }
            value = value * 10 + (bytes[i] - '0');
        }
        if (value < 0 || from == to) {
            throw damaged();
        }
        return value;
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int to) throws ImageException {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        throw damaged();
    }

    private static int indexOfOrNone(byte[] bytes, byte wanted) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static ImageException damaged() {
        return ImageException.invalid("a damaged tar archive: an extended header is malformed");
    }
}
