package dev.berth.engine.volume;

import dev.berth.engine.config.Limits;
import dev.berth.engine.error.EngineException;
import java.util.regex.Pattern;

/** Volumes' names: which there may be, in Docker's words. */
public final class VolumeNames {
    private static final Pattern VALID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

    private VolumeNames() {}

    /**
     * Checks a name that was given.
     *
     * @throws EngineException INVALID where there can be no volume of that name
     */
    public static void check(String name) {
        if (name.length() == 1) {
            throw EngineException.invalid("create " + name
                    + ": volume name is too short, names should be at least two alphanumeric characters");
        }
        if (!VALID.matcher(name).matches()) {
            throw EngineException.invalid("create " + name.replace('\0', '?') + ": \"" + name.replace('\0', '?')
                    + "\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are"
                    + " allowed. If you intended to pass a host directory, use absolute path");
        }
        if (name.length() > Limits.NAME_CHARS) {
            throw EngineException.invalid("create " + name + ": a volume's name has at most " + Limits.NAME_CHARS
                    + " characters, and this one " + name.length());
        }
    }

    static boolean isOne(String name) {
        return VALID.matcher(name).matches();
    }
}
