package dev.berth.api.stream;

import dev.berth.engine.error.EngineException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Watches a terminal's input for the keys that end an attachment, {@code ctrl-p,ctrl-q} unless others are asked for. */
public final class DetachKeys {
    private static final String DEFAULT = "ctrl-p,ctrl-q";
    private static final List<String> OTHER_CONTROLS = List.of("@", "[", "\\", "]", "^", "_");

    private final byte[] keys;
    private int seen;

    /**
     * @param text keys parted by commas: a character, or {@code ctrl-} and a letter or one of {@code @[\]^_}; empty for
     *     the default
     * @throws EngineException INVALID for other words
     */
    public DetachKeys(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String key : (text.isEmpty() ? DEFAULT : text).split(",", -1)) {
            bytes.write(code(key));
        }
        keys = bytes.toByteArray();
    }

    private static int code(String key) {
        if (key.length() == 1 && key.charAt(0) < 0x80) {
            return key.charAt(0);
        }
        String lower = key.toLowerCase(Locale.ROOT);
        if (lower.startsWith("ctrl-") && lower.length() == "ctrl-".length() + 1) {
            char letter = lower.charAt(lower.length() - 1);
            if (letter >= 'a' && letter <= 'z') {
                return letter - 'a' + 1;
            }
            int other = OTHER_CONTROLS.indexOf(String.valueOf(letter));
            if (other >= 0) {
                return other == 0 ? 0 : 26 + other;
            }
        }
        throw EngineException.invalid("Invalid escape keys (" + key + ") provided");
    }

    /**
     * What is to be passed on of some input.
     *
     * @param bytes as they were typed; keys of the sequence are held back until it is clear that they are not meant
     * @param detached called where the sequence is complete; nothing is passed on from there
     */
    public byte[] filter(byte[] bytes, Runnable detached) {
        ByteArrayOutputStream passed = new ByteArrayOutputStream(bytes.length);
        for (byte b : bytes) {
            if (b != keys[seen]) {
                passed.writeBytes(Arrays.copyOf(keys, seen));
                seen = 0;
            }
            if (b == keys[seen]) {
                seen++;
            } else {
                passed.write(b);
            }
            if (seen == keys.length) {
                detached.run();
                return passed.toByteArray();
            }
        }
        return passed.toByteArray();
    }
}
