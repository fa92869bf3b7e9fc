package dev.berth.engine.container;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.error.EngineException.Kind;
import dev.berth.level.LevelException;
import java.util.List;
import java.util.Locale;

/** What a level could not do, in the engine's terms and, where clients look for them, in Docker's words. */
final class LevelFailures {
    static final int NOT_EXECUTABLE_CODE = 126;
    static final int NOT_FOUND_CODE = 127;
    private static final int OTHER_CODE = 128;

    private LevelFailures() {}

    static EngineException translate(LevelException failure) {
        Kind kind = switch (failure.kind()) {
            case INVALID -> Kind.INVALID;
            case NOT_FOUND, NOT_EXECUTABLE -> Kind.NOT_RUNNABLE;
            case UNSUPPORTED -> Kind.UNSUPPORTED;
            case CONFLICT -> Kind.CONFLICT;
            case FAILED -> Kind.FAILED;
        };
        return new EngineException(kind, String.valueOf(failure.getMessage()), failure);
    }

    /** The failure of a process's start; what made no sense was not attempted. */
    static EngineException ofStart(LevelException failure) {
        String attempt = failure.kind() == LevelException.Kind.INVALID ? "" : "failed to start container process: ";
        return new EngineException(translate(failure).kind(), attempt + words(failure), failure);
    }

    /** The exit code of what was not started. */
    static int exitCode(LevelException failure) {
        return switch (failure.kind()) {
            case NOT_FOUND -> NOT_FOUND_CODE;
            case NOT_EXECUTABLE -> NOT_EXECUTABLE_CODE;
            case INVALID, UNSUPPORTED, CONFLICT, FAILED -> OTHER_CODE;
        };
    }

    /** The message; the official client tells exit codes by some words, which are added where they are missing. */
    private static String words(LevelException failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure.kind()) {
            case NOT_FOUND -> ensure(message, List.of("executable file not found", "no such file or directory"));
            case NOT_EXECUTABLE -> ensure(message, List.of("is a directory", "exec format error", "permission denied"));
            case INVALID, UNSUPPORTED, CONFLICT, FAILED -> message;
        };
    }

    private static String ensure(String message, List<String> anyOf) {
        String lower = message.toLowerCase(Locale.ROOT);
        return anyOf.stream().anyMatch(lower::contains) ? message : message + ": " + anyOf.getLast();
    }
}
