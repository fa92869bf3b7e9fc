package dev.berth.cli.flag;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What flags are for, in lines of a width, broken where pflag breaks them. */
public final class FlagHelp {
    private static final int GAP = 3;
    private static final int LEAST_WIDTH = 24;
    /** Below that width, texts begin on a line of their own, so far from the left. */
    private static final int OWN_LINE_MARGIN = 16;
    /** So many characters a last line may be longer, rather than leave a short word alone. */
    private static final int SLOP = 5;

    private FlagHelp() {}

    /** The flags by their names, with at most so many characters a line where that is possible. */
    public static String of(List<Flag> flags, int width) {
        List<Flag> sorted = new ArrayList<>(flags);
        sorted.sort(Comparator.comparing(Flag::name));
        int margin =
                sorted.stream().mapToInt(flag -> synopsis(flag).length()).max().orElse(0) + GAP;
        StringBuilder text = new StringBuilder();
        for (Flag flag : sorted) {
            String left = synopsis(flag);
            text.append(left)
                    .append(" ".repeat(margin - left.length()))
                    .append(wrap(flag.help(), margin, width))
                    .append('\n');
        }
        return text.toString();
    }

    private static String synopsis(Flag flag) {
        return (flag.shorthand().isEmpty() ? "      " : "  -" + flag.shorthand() + ", ") + "--" + flag.name()
                + (flag.word().isEmpty() ? "" : " " + flag.word());
    }

    private static String wrap(String help, int margin, int width) {
        boolean ownLine = width - margin < LEAST_WIDTH;
        int left = ownLine ? OWN_LINE_MARGIN : margin;
        String newLine = "\n" + " ".repeat(left);
        int most = width - left - SLOP;
        if (most + SLOP < LEAST_WIDTH) {
            return newLine + help.replace("\n", newLine);
        }
        StringBuilder text = new StringBuilder(ownLine ? newLine : "");
        String rest = help;
        String separator = "";
        while (!rest.isEmpty()) {
            int end = end(rest, most);
            text.append(separator).append(rest.substring(0, end).replace("\n", newLine));
            rest = end == rest.length() ? "" : rest.substring(end + 1);
            separator = newLine;
        }
        return text.toString();
    }

    /** Where a line ends: at a line's end of the text itself, else at the last blank that fits. */
    private static int end(String text, int most) {
        if (most + SLOP > text.length()) {
            return text.length();
        }
        String line = text.substring(0, most);
        int blank = Math.max(line.lastIndexOf(' '), Math.max(line.lastIndexOf('\t'), line.lastIndexOf('\n')));
        int newLine = line.lastIndexOf('\n');
        if (blank <= 0) {
            return text.length();
        }
        return newLine > 0 && newLine < blank ? newLine : blank;
    }
}
