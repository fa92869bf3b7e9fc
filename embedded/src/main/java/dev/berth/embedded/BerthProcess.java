package dev.berth.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An engine in a JVM of its own, of which this one has Docker's socket. It is how an ordinary user's engine runs, which must be
 * root of a user namespace, and a running JVM cannot enter one (one that is yet to start can, by the agent in the jar of
 * {@code berth-linux}: then {@link Berth#start} is at hand); and it starts sooner than an engine in this JVM, from what an
 * earlier one had loaded ({@link StartCache}). That JVM has this one's class path, and the program that is given, whose main
 * method calls {@link #serve}. It ends when this is closed, and with this JVM, however that ends: by return, by an exception,
 * by kill -9. The first one of a class path goes on for some seconds then, without any container, to write down what it had
 * loaded.
 */
public final class BerthProcess implements AutoCloseable {
    private static final String READY = "socket: ";
    private static final String FAILED = "failed: ";
    private static final String CLOSED = "closed";
    private static final long PATIENCE_SECONDS = 30;

    /** The optimizing compiler waits for what is really hot: with its usual thresholds it competes with short suites. */
    private static final List<String> OPTIONS = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:+UseCompactObjectHeaders",
            "-XX:Tier4InvocationThreshold=15000",
            "-XX:Tier4MinInvocationThreshold=5000",
            "-XX:Tier4CompileThreshold=30000",
            "-XX:Tier4BackEdgeThreshold=120000",
            "-Xlog:aot*=off",
            "-Xlog:cds*=off",
            "-Dio.netty.jfr.enabled=false", // 70 ms, in which it asks how events are called
            "-Dio.netty.machineId=00:00:00:00:00:00:00:01", // else all the host's interfaces are looked at for one
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");

    private final Process process;
    private final boolean goesOn;
    private final Path socket;
    private final CompletableFuture<Boolean> closed = new CompletableFuture<>();
    private final Thread atExit = new Thread(this::end, "berth-process-exit");

    private BerthProcess(Process process, boolean goesOn, Path socket) {
        this.process = process;
        this.goesOn = goesOn;
        this.socket = socket;
    }

    /**
     * Starts one, and returns when it can be spoken to. The caller closes it.
     *
     * @param program a class with a main method
     * @throws BerthException UNSUPPORTED where this host or this user cannot run containers, with what is missing
     */
    public static BerthProcess start(Class<?> program) {
        Rights.requireLinux();
        if (!Rights.maySetUpContainers()) {
            Rights.requireUserNamespaces();
        }
        return Failures.gives(() -> {
            List<Path> classPath = classPath(program);
            StartCache.Start cached =
                    StartCache.start(BerthOptions.DEFAULT.cache().resolve("jvm"), classPath, OPTIONS);
            Process process = new ProcessBuilder(command(program, classPath, cached))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            BerthProcess started = new BerthProcess(process, cached.writes(), socket(process, out));
            Thread.ofPlatform().daemon().name("berth-process-output").start(() -> started.read(out));
            Runtime.getRuntime().addShutdownHook(started.atExit);
            return started;
        });
    }

    private static Path socket(Process process, BufferedReader out) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(READY)) {
                return Path.of(line.substring(READY.length()));
            }
            if (line.startsWith(FAILED)) {
                String[] words = line.substring(FAILED.length()).split(" ", 2);
                throw new BerthException(BerthException.Kind.valueOf(words[0]), words[1]);
            }
        }
        process.destroyForcibly();
        throw new BerthException(
                BerthException.Kind.UNSUPPORTED,
                "the engine's own JVM ended before it was ready; why, it has told on standard error");
    }

    /** Its last words; and what the JVM itself tells, which nobody needs. */
    private void read(BufferedReader out) {
        try (out) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.equals(CLOSED)) {
                    closed.complete(true);
                }
            }
        } catch (IOException e) {
            // the pipe's end as well
        } finally {
            closed.complete(false);
        }
    }

    private static List<String> command(Class<?> program, List<Path> classPath, StartCache.Start cached) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(cached.options());
        command.add("-cp");
        command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(":")));
        command.add(program.getName());
        return command;
    }

    /**
     * This JVM's. Modules are on it as plain jars: what they keep from each other there, nobody asks for here. Folders of
     * classes, of which JVMs keep nothing, are left out where the program is in a jar: they are a project's own.
     */
    private static List<Path> classPath(Class<?> program) {
        List<Path> all = Stream.of("java.class.path", "jdk.module.path")
                .flatMap(name -> Stream.of(System.getProperty(name, "").split(":")))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toList();
        List<Path> jars = all.stream().filter(Files::isRegularFile).toList();
        boolean inJar = Optional.ofNullable(program.getProtectionDomain().getCodeSource())
                .map(source -> Path.of(source.getLocation().getPath()))
                .filter(jars::contains)
                .isPresent();
        return inJar ? jars : all;
    }

    /**
     * Of the other JVM: starts this program anew as root of a user namespace, the first time that it is called and where the
     * user is not root; then opens an engine and its socket, tells them to the JVM that has started this one, and returns when
     * that is gone or wants no more.
     *
     * @param prepare what is done with the engine before it is told
     */
    public static void serve(Consumer<Berth> prepare) throws IOException {
        Rights.becomeRoot();
        try (Berth berth = Berth.start()) {
            prepare.accept(berth);
            tell(READY + berth.socket());
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (BerthException e) {
            tell(FAILED + e.kind() + " " + String.valueOf(e.getMessage()).replace('\n', ' '));
            return;
        }
        tell(CLOSED);
    }

    private static void tell(String line) {
        System.out.println(line);
        System.out.flush();
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
            boolean wordGiven = closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!(wordGiven && goesOn) && !process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException | TimeoutException | ExecutionException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
