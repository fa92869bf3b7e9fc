package dev.berth.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A terminal of 100 by 30 that a test types into and reads, with a server of its own. Closing it ends the server. */
final class Tmux implements AutoCloseable {
    private final Path socket;
    private final Map<String, String> environment;

    private Tmux(Path socket, Map<String, String> environment) {
        this.socket = socket;
        this.environment = environment;
    }

    static Tmux start(Path dir, Map<String, String> environment) throws IOException {
        Files.createDirectories(dir);
        Map<String, String> all = new HashMap<>(environment);
        all.put("PS1", "host> ");
        all.put("LC_ALL", "C.UTF-8");
        all.put("TERM", "xterm");
        Tmux tmux = new Tmux(dir.resolve("s"), all);
        tmux.run("new-session", "-d", "-x", "100", "-y", "30", "sh");
        tmux.run("set-option", "-g", "status", "off");
        return tmux;
    }

    void type(String line) {
        run("send-keys", "-l", line);
        run("send-keys", "Enter");
    }

    /** A key by tmux's name for it: {@code C-p}. */
    void key(String name) {
        run("send-keys", name);
    }

    void sees(String text) throws InterruptedException {
        try {
            Command.eventually("the terminal to show " + text, () -> screen().contains(text));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; it shows:\n" + screen(), e);
        }
    }

    private String screen() {
        return run("capture-pane", "-p", "-S", "-200").out();
    }

    private Command run(String... args) {
        String[] all = new String[args.length + 5];
        System.arraycopy(new String[] {"tmux", "-f", "/dev/null", "-S", socket.toString()}, 0, all, 0, 5);
        System.arraycopy(args, 0, all, 5, args.length);
        return Command.run(environment, all).succeeded();
    }

    @Override
    public void close() {
        run("kill-server");
    }
}
