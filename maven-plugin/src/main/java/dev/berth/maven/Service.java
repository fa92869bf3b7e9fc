package dev.berth.maven;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A service, as the build's file describes it; Maven fills it in. */
public final class Service {
    private @Nullable String name;
    private @Nullable String image;
    private List<String> command = List.of();
    private List<String> entrypoint = List.of();
    private Map<String, String> env = Map.of();
    private Map<String, String> ports = Map.of();
    private List<String> binds = List.of();
    private List<String> tmpfs = List.of();
    private @Nullable String user;
    private @Nullable String memory;
    private Await await = new Await();

    /** For Maven. */
    public Service() {}

    /** Its name, by which others find it. */
    @Nullable
    String name() {
        return name;
    }

    /** Its image, which is fetched where it is not here. */
    @Nullable
    String image() {
        return image;
    }

    /** Instead of the image's command, a word each. */
    List<String> command() {
        return command;
    }

    /** Instead of the image's program, a word each. */
    List<String> entrypoint() {
        return entrypoint;
    }

    /** Variables of its environment. */
    Map<String, String> env() {
        return env;
    }

    /** Property to port: the property becomes the host's port that leads to that port (TCP) of the service. */
    Map<String, String> ports() {
        return ports;
    }

    /** {@code SOURCE:TARGET}, with {@code :ro} where it cannot write there. */
    List<String> binds() {
        return binds;
    }

    /** Directories in memory. */
    List<String> tmpfs() {
        return tmpfs;
    }

    /** As this user. */
    @Nullable
    String user() {
        return user;
    }

    /** Most memory: {@code 512m}. */
    @Nullable
    String memory() {
        return memory;
    }

    /** What makes it ready. */
    Await await() {
        return await;
    }

    /** What makes a service ready: all that is named, within the time. */
    public static final class Await {
        private static final int USUAL_SECONDS = 60;

        private List<Integer> ports = List.of();
        private @Nullable String line;
        private @Nullable String http;
        private int seconds = USUAL_SECONDS;

        /** For Maven. */
        public Await() {}

        /** Ports that a program in it listens on. */
        List<Integer> ports() {
            return ports;
        }

        /** A regular expression that is found in a line of what it prints. */
        @Nullable
        String line() {
            return line;
        }

        /** {@code PORT/PATH}, asked until the answer's status is below 400. */
        @Nullable
        String http() {
            return http;
        }

        /** Time that each of them may take. */
        int seconds() {
            return seconds;
        }
    }
}
