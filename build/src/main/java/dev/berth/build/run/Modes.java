package dev.berth.build.run;

import dev.berth.build.BuildException;
import java.util.OptionalInt;

/** {@code --chmod}. */
final class Modes {
    private static final int OCTAL = 8;
    private static final int MOST = 07777;

    private Modes() {}

    /**
     * @param text an octal number; empty for none
     * @throws BuildException INVALID for what is none
     */
    static OptionalInt parse(String text) {
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            int mode = Integer.parseInt(text, OCTAL);
            if (mode >= 0 && mode <= MOST) {
                return OptionalInt.of(mode);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw BuildException.invalid(
                "invalid chmod parameter: '" + text + "'. it should be octal string and between 0 and 07777");
    }
}
