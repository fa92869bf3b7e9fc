package dev.berth.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An engine in a JVM of its own, of which this one has Docker's socket: for an ordinary user, who can run containers only as
 * root of a user namespace, which a running JVM cannot enter. That JVM has this one's class path, and the program that is
 * given, whose main method calls {@link #serve}. It ends when this is closed, and with this JVM, however that ends: by
 * return, by an exception, by kill -9.
 */
public final class BerthProcess implements AutoCloseable {
    private static final String READY = "socket: ";
    private static final long PATIENCE_SECONDS = 30;

    private final Process process;
    private final Path socket;
    private final Thread atExit = new Thread(this::end, "berth-process-exit");

    private BerthProcess(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    /** Whether containers can be run by this JVM's user in no other way. */
    public static boolean isNeeded() {
        return !Rights.maySetUpContainers();
    }

    /**
     * Starts one, and returns when it can be spoken to. The caller closes it.
     *
     * @param program a class with a main method
     * @throws BerthException UNSUPPORTED where this user cannot run containers, with what is missing
     */
    public static BerthProcess start(Class<?> program) {
        Rights.requireUserNamespaces();
        return Failures.gives(() -> {
            Process process = new ProcessBuilder(command(program))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith(READY)) {
                    BerthProcess started = new BerthProcess(process, Path.of(line.substring(READY.length())));
                    Runtime.getRuntime().addShutdownHook(started.atExit);
                    return started;
                }
            }
            process.destroyForcibly();
            throw new BerthException(
                    BerthException.Kind.UNSUPPORTED,
                    "the engine's own JVM ended before it was ready; why, it has told on standard error");
        });
    }

    private static List<String> command(Class<?> program) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-XX:-UsePerfData");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(classPath());
        command.add(program.getName());
        return command;
    }

    /** Modules are on it as plain jars: what they keep from each other there, nobody asks for here. */
    private static String classPath() {
        String modules = System.getProperty("jdk.module.path", "");
        String classes = System.getProperty("java.class.path", "");
        return modules.isEmpty() || classes.isEmpty() ? modules + classes : classes + ":" + modules;
    }

    /**
     * Of the other JVM: starts this program anew as root of a user namespace, the first time it is called; then opens an
     * engine and its socket, tells them to the JVM that has started this one, and returns when that is gone or wants no more.
     *
     * @param prepare what is done with the engine before it is told
     */
    public static void serve(Consumer<Berth> prepare) throws IOException {
        Rights.becomeRoot();
        try (Berth berth = Berth.start()) {
            prepare.accept(berth);
            System.out.println(READY + berth.socket());
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Where Docker's API is. */
    public Path socket() {
        return socket;
    }

    /** Ends the engine and its containers. Idempotent. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // this JVM ends: the hook runs, or has run
        }
        end();
    }

    /** The end of its standard input is what it waits for. */
    private void end() {
        try {
            process.outputWriter().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
