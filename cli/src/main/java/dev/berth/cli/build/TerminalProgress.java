package dev.berth.cli.build;

import dev.berth.cli.json.Tree;
import dev.berth.cli.text.Human;
import dev.berth.linux.terminal.Terminal;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A build on a terminal: the steps that are under way, side by side, with their times and what they print last, in a block that
 * is drawn again and again; above it a line for each that is complete. A step that fails is shown with the end of its output.
 */
final class TerminalProgress extends BuildProgress {
    private static final int STANDARD_ERROR = 2;
    private static final Terminal.Size USUAL_SIZE = new Terminal.Size(24, 80);
    private static final long TICK_MILLIS = 100;
    private static final int TAIL_LINES = 6;
    private static final int FAILURE_LINES = 30;
    private static final Pattern STEP = Pattern.compile("Step (\\d+)/(\\d+) : (.*)\\n", Pattern.DOTALL);
    private static final Pattern STEP_END = Pattern.compile(" ---> [0-9a-f]{12}\\n");
    private static final Pattern RUNNING = Pattern.compile(" ---> Running in [0-9a-f]+\\n");
    private static final String CACHED = " ---> Using cache\n";

    private final PrintStream out;
    private final Supplier<Terminal.Size> size;
    private final LongSupplier nanos;
    private final long start;
    /** By their stages. */
    private final Map<Long, Step> running = new TreeMap<>();
    /** Layers of base images on their way. */
    private final Map<String, String> transfers = new LinkedHashMap<>();

    private String context = "";
    private long contextStart;
    private int complete;
    private int total;
    /** Lines of the block that is on the screen. */
    private int drawn;

    private boolean over;

    /** @param nanos a clock */
    TerminalProgress(PrintStream out, Supplier<Terminal.Size> size, LongSupplier nanos) {
        this.out = out;
        this.size = size;
        this.nanos = nanos;
        this.start = nanos.getAsLong();
        this.contextStart = start;
    }

    /** One that draws by itself ten times a second. */
    static TerminalProgress start(PrintStream out) {
        TerminalProgress progress =
                new TerminalProgress(out, () -> Terminal.sizeOf(STANDARD_ERROR).orElse(USUAL_SIZE), System::nanoTime);
        Thread.ofVirtual().start(() -> {
            try {
                while (progress.tick()) {
                    Thread.sleep(TICK_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return progress;
    }

    /** One step under way. */
    private static final class Step {
        private final String title;
        private final long start;
        private final Deque<String> lines = new ArrayDeque<>();
        private String unfinished = "";
        private boolean cached;

        Step(String title, long start) {
            this.title = title;
            this.start = start;
        }

        void print(String text) {
            String[] parts = (unfinished + text).split("\n", -1);
            for (int i = 0; i < parts.length - 1; i++) {
                lines.addLast(printable(parts[i]));
                if (lines.size() > FAILURE_LINES) {
                    lines.removeFirst();
                }
            }
            unfinished = parts[parts.length - 1];
        }

        /** The last of what it has printed, at most so many lines. */
        List<String> tail(int most) {
            List<String> all = new ArrayList<>(lines);
            if (!unfinished.isBlank()) {
                all.add(printable(unfinished));
            }
            return all.subList(Math.max(0, all.size() - most), all.size());
        }
    }

    /** Draws the block anew; gives whether there is more to come. */
    synchronized boolean tick() {
        if (!over) {
            draw("");
        }
        return !over;
    }

    @Override
    synchronized void sending(long bytes) {
        context = "transferring context: " + Human.size(bytes);
    }

    @Override
    synchronized void sent(long bytes) {
        context = "";
        if (bytes > 0) {
            draw(line(" => transferring context: " + Human.size(bytes), seconds(contextStart)));
        }
    }

    @Override
    synchronized void event(Tree event, String line) {
        long stage = event.number("stage");
        if (event.flag("failed")) {
            failed(stage);
        } else if (!event.get("stream").isMissing()) {
            text(stage, event.text("stream"));
        } else if (!event.text("id").isEmpty()) {
            transfer(event);
        } else if (!event.text("status").isEmpty()) {
            transfers.clear();
            draw(event.text("status") + "\n");
        }
    }

    private void text(long stage, String text) {
        Step step = running.get(stage);
        Matcher begin = STEP.matcher(text);
        if (begin.matches()) {
            complete(stage);
            total = Integer.parseInt(begin.group(2));
            String instruction = begin.group(3).replaceAll("\\s+", " ").strip();
            running.put(
                    stage,
                    new Step("[" + begin.group(1) + "/" + total + "] " + printable(instruction), nanos.getAsLong()));
        } else if (step == null) {
            draw(text.endsWith("\n") ? text : text + "\n");
        } else if (STEP_END.matcher(text).matches()) {
            complete(stage);
        } else if (text.equals(CACHED)) {
            step.cached = true;
        } else if (!RUNNING.matcher(text).matches()) {
            step.print(text);
        }
    }

    private void complete(long stage) {
        Step step = running.remove(stage);
        if (step != null) {
            complete++;
            draw(line(" => " + (step.cached ? "CACHED " : "") + step.title, seconds(step.start)));
        }
    }

    /** What else is under way is given up by the daemon. */
    private void failed(long stage) {
        Step step = running.get(stage);
        running.clear();
        transfers.clear();
        if (step != null) {
            StringBuilder text = new StringBuilder(line(" => ERROR " + step.title, seconds(step.start)));
            List<String> output = step.tail(FAILURE_LINES);
            if (!output.isEmpty()) {
                text.append("------\n > ").append(step.title).append(":\n");
                output.forEach(line -> text.append(line).append('\n'));
                text.append("------\n");
            }
            draw(text.toString());
        }
    }

    private void transfer(Tree event) {
        long whole = event.number("progressDetail", "total");
        String far = whole > 0
                ? " " + Human.size(event.number("progressDetail", "current")) + " / " + Human.size(whole)
                : "";
        transfers.put(event.text("id"), event.text("id") + ": " + event.text("status") + far);
    }

    @Override
    synchronized void end(boolean succeeded) {
        if (over) {
            return;
        }
        running.clear();
        transfers.clear();
        over = true;
        draw(headline() + (succeeded ? " FINISHED\n" : " ERROR\n"));
    }

    @Override
    public synchronized void close() {
        if (!over) {
            over = true;
            draw("");
        }
    }

    // drawing

    private String headline() {
        return "[+] Building " + seconds(start) + (total == 0 ? "" : " (" + complete + "/" + total + ")");
    }

    private String seconds(long since) {
        return String.format(Locale.ROOT, "%.1fs", (nanos.getAsLong() - since) / 1e9);
    }

    /** Takes the block off the screen, writes what is to stay, and the block again below it. */
    private void draw(String lasting) {
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\033[").append(drawn).append("A\r\033[J");
        }
        text.append(lasting);
        List<String> block = over ? List.of() : block(size.get());
        block.forEach(text::append);
        drawn = block.size();
        if (!text.isEmpty()) {
            out.print(text);
            out.flush();
        }
    }

    /** Never more lines than the terminal has: what has left it cannot be taken off. */
    private List<String> block(Terminal.Size terminal) {
        List<String> lines = new ArrayList<>();
        lines.add(line(headline(), ""));
        if (!context.isEmpty()) {
            lines.add(line(" => " + context, seconds(contextStart)));
        }
        int left = Math.max(0, terminal.rows() - 1 - lines.size() - running.size());
        int each = running.isEmpty() ? 0 : Math.min(TAIL_LINES, left / running.size());
        for (Step step : running.values()) {
            lines.add(line(" => " + step.title, seconds(step.start)));
            step.tail(each).forEach(text -> lines.add(line(" => => # " + text, "")));
        }
        transfers.values().forEach(text -> lines.add(line(" => => " + text, "")));
        return lines.subList(0, Math.min(lines.size(), Math.max(1, terminal.rows() - 1)));
    }

    /** A line that is not broken by the terminal, with its time at the right. */
    private String line(String text, String time) {
        int columns = Math.max(20, size.get().columns()) - 1;
        int most = columns - (time.isEmpty() ? 0 : time.length() + 1);
        StringBuilder line = new StringBuilder();
        int used = 0;
        for (int i = 0; i < text.length(); ) {
            int sign = text.codePointAt(i);
            used += width(sign);
            if (used > most) {
                used -= width(sign);
                break;
            }
            line.appendCodePoint(sign);
            i += Character.charCount(sign);
        }
        if (!time.isEmpty()) {
            line.append(" ".repeat(Math.max(1, columns - used - time.length()))).append(time);
        }
        return line.append('\n').toString();
    }

    /** Cells that a sign takes: the scripts of East Asia and pictures take two. */
    private static int width(int sign) {
        int type = Character.getType(sign);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = sign >= 0x1100 && sign <= 0x115f
                || sign >= 0x2e80 && sign <= 0xa4cf
                || sign >= 0xac00 && sign <= 0xd7a3
                || sign >= 0xf900 && sign <= 0xfaff
                || sign >= 0xff00 && sign <= 0xff60
                || sign >= 0x1f300 && sign <= 0x1faff
                || sign >= 0x20000 && sign <= 0x3fffd;
        return wide ? 2 : 1;
    }

    /** Without what moves the cursor or colours; of a line that was written over, what stands last. */
    private static String printable(String line) {
        String plain = line.replaceAll("\033\\[[0-9;?]*[ -/]*[@-~]", "").replaceAll("\r+$", "");
        return plain.substring(plain.lastIndexOf('\r') + 1)
                .replace("\t", "    ")
                .replaceAll("\\p{Cntrl}", "");
    }
}
