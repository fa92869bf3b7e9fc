package dev.berth.soak;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A container as it must be, and what was done to it. Used by the one client that made it. */
final class Subject {
    /** The states in which a container can be left between two operations. */
    enum Status {
        CREATED,
        RUNNING,
        PAUSED,
        EXITED;

        boolean hasProcess() {
            return this == RUNNING || this == PAUSED;
        }

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    final String id;
    final Program program;
    final Picture image;
    /** The word that its program prints. */
    final String token;

    final StringBuilder out = new StringBuilder();
    final StringBuilder err = new StringBuilder();
    final Map<String, byte[]> files = new HashMap<>();
    final List<String> events = new ArrayList<>(List.of("create"));
    final List<String> history = new ArrayList<>();
    String name;
    Status status = Status.CREATED;
    int exitCode;
    long memoryBytes;
    int execs;

    Subject(String id, String name, Program program, Picture image, String token) {
        this.id = id;
        this.name = name;
        this.program = program;
        this.image = image;
        this.token = token;
        files.putAll(image.files());
    }

    /** It ended, by a signal or by itself. */
    void ended(int code) {
        status = Status.EXITED;
        exitCode = code;
        events.add("die " + code);
    }

    @Override
    public String toString() {
        return name + " (" + id.substring(0, 12) + ", " + status.word() + ", " + program + ")";
    }
}
