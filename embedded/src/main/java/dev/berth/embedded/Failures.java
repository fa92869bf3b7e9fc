package dev.berth.embedded;

import dev.berth.build.BuildException;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.embedded.BerthException.Kind;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;

/** Turns what the engine's parts throw into {@link BerthException}: callers of this module see no other. */
final class Failures {
    private Failures() {}

    /** Something that may fail in the engine's ways. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    /** As {@link Work}, without a result. */
    @FunctionalInterface
    interface Deed {
        void run() throws IOException, InterruptedException;
    }

    static void does(Deed deed) {
        gives(() -> {
            deed.run();
            return deed;
        });
    }

    static <T> T gives(Work<T> work) {
        try {
            return work.run();
        } catch (EngineException e) {
            throw new BerthException(e.kind() == EngineException.Kind.FAILED ? kind(e) : kind(e.kind()), message(e), e);
        } catch (ImageException e) {
            throw new BerthException(kind(e.kind()), message(e), e);
        } catch (DockerfileException e) {
            throw new BerthException(Kind.INVALID, message(e) + "\n" + e.excerpt(), e);
        } catch (BuildException e) {
            Kind kind = e.kind() == BuildException.Kind.INVALID ? Kind.INVALID : Kind.FAILED;
            throw new BerthException(kind, message(e) + (e.excerpt().isEmpty() ? "" : "\n" + e.excerpt()), e);
        } catch (IOException e) {
            throw new BerthException(kind(e), message(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BerthException(Kind.INTERRUPTED, "the thread was interrupted while it waited", e);
        }
    }

    private static String message(Exception e) {
        if (e instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (e instanceof NoSuchFileException missing) {
            return "there is no file " + missing.getFile();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** What the disk says, wherever it was met: java.nio tells it in words alone. */
    private static Kind kind(Throwable failure) {
        Optional<Throwable> one = Optional.of(failure);
        while (one.isPresent()) {
            String said = String.valueOf(one.get().getMessage()).toLowerCase(Locale.ROOT);
            if (said.contains("no space left") || said.contains("quota exceeded")) {
                return Kind.NO_SPACE;
            }
            if (said.contains("read-only file system") || one.get() instanceof AccessDeniedException) {
                return Kind.FORBIDDEN;
            }
            one = Optional.ofNullable(one.get().getCause());
        }
        return Kind.FAILED;
    }

    private static Kind kind(EngineException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> Kind.NOT_FOUND;
            case CONFLICT, NOT_MODIFIED -> Kind.CONFLICT;
            case INVALID, NOT_RUNNABLE -> Kind.INVALID;
            case UNSUPPORTED -> Kind.UNSUPPORTED;
            case FORBIDDEN, UNAUTHORIZED -> Kind.FORBIDDEN;
            case FAILED -> Kind.FAILED;
        };
    }

    private static Kind kind(ImageException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND, NO_MATCHING_PLATFORM -> Kind.NOT_FOUND;
            case CONFLICT -> Kind.CONFLICT;
            case AMBIGUOUS, BAD_REQUEST, INVALID, TOO_LARGE -> Kind.INVALID;
            case UNAUTHORIZED, FORBIDDEN -> Kind.FORBIDDEN;
            case UNAVAILABLE -> Kind.UNAVAILABLE;
            case NO_SPACE -> Kind.NO_SPACE;
        };
    }
}
