package dev.berth.build.files;

import dev.berth.build.BuildException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code --chmod}: an octal number, or clauses as {@code u=rwX,go=rX} (chmod(1)), where no umask takes anything away.
 *
 * @param text as it was written; the same text does the same
 * @param actions one after the other
 */
public record ModeChange(String text, List<Action> actions) {
    /** That files stay as they are. */
    public static final ModeChange NONE = new ModeChange("", List.of());

    private static final int SET_UID = 04000;
    private static final int SET_GID = 02000;
    private static final int STICKY = 01000;
    private static final int EXECUTABLE = 0111;
    private static final Pattern OCTAL = Pattern.compile("0*[0-7]{1,4}");
    private static final Pattern CLAUSE = Pattern.compile("([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)");
    private static final Pattern ACTION = Pattern.compile("([-+=])([ugo]|[rwxXst]*)");

    public ModeChange {
        actions = List.copyOf(actions);
    }

    /**
     * One change.
     *
     * @param who the bits of those that it is about
     * @param operation {@code +}, {@code -} or {@code =}
     * @param what letters of permissions, or the one whose permissions are copied
     */
    public record Action(int who, char operation, String what) {}

    /**
     * @param text empty for none
     * @throws BuildException INVALID for what is no mode
     */
    public static ModeChange parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        if (OCTAL.matcher(text).matches()) {
            return new ModeChange(text, List.of());
        }
        List<Action> actions = new ArrayList<>();
        for (String clause : text.split(",", -1)) {
            Matcher parts = CLAUSE.matcher(clause);
            if (!parts.matches()) {
                throw BuildException.invalid("invalid chmod parameter: '" + text
                        + "'. it should be octal string and between 0 and 07777, or symbolic as u=rwX,go=rX");
            }
            Matcher action = ACTION.matcher(parts.group(2));
            while (action.find()) {
                actions.add(new Action(who(parts.group(1)), action.group(1).charAt(0), action.group(2)));
            }
        }
        return new ModeChange(text, actions);
    }

    private static int who(String letters) {
        int bits = 0;
        for (char letter : letters.toCharArray()) {
            bits |= switch (letter) {
                case 'u' -> SET_UID | 0700;
                case 'g' -> SET_GID | 0070;
                case 'o' -> STICKY | 0007;
                default -> 07777;
            };
        }
        return letters.isEmpty() ? 07777 : bits;
    }

    /** The mode of a file that had this one. */
    public int of(int mode, boolean isDirectory) {
        if (actions.isEmpty()) {
            return text.isEmpty() ? mode : Integer.parseInt(text, 8);
        }
        int changed = mode;
        for (Action action : actions) {
            int bits = action.who() & bits(action.what(), changed, mode, isDirectory);
            changed = switch (action.operation()) {
                case '+' -> changed | bits;
                case '-' -> changed & ~bits;
                default -> changed & ~action.who() | bits;
            };
        }
        return changed;
    }

    private static int bits(String what, int mode, int original, boolean isDirectory) {
        int bits = 0;
        for (char letter : what.toCharArray()) {
            bits |= switch (letter) {
                case 'u' -> (mode >> 6 & 7) * EXECUTABLE;
                case 'g' -> (mode >> 3 & 7) * EXECUTABLE;
                case 'o' -> (mode & 7) * EXECUTABLE;
                case 'r' -> 0444;
                case 'w' -> 0222;
                case 'x' -> EXECUTABLE;
                case 'X' -> isDirectory || (original & EXECUTABLE) != 0 ? EXECUTABLE : 0;
                case 's' -> SET_UID | SET_GID;
                default -> STICKY;
            };
        }
        return bits;
    }
}
