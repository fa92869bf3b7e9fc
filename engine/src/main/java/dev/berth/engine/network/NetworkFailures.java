package dev.berth.engine.network;

import dev.berth.engine.error.EngineException;
import dev.berth.linux.LinuxException;
import dev.berth.network.NetworkException;
import java.util.function.Supplier;

/** What the module {@code network} and the kernel refuse, in the engine's terms. */
final class NetworkFailures {
    private NetworkFailures() {}

    static EngineException translate(NetworkException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e.kind()) {
            case INVALID -> new EngineException(EngineException.Kind.INVALID, message, e);
            case FORBIDDEN -> new EngineException(EngineException.Kind.FORBIDDEN, message, e);
            case EXHAUSTED, FAILED -> EngineException.failed(message, e);
        };
    }

    /** @param doing what a refusal of the kernel's own is a refusal of */
    static <T> T translating(String doing, Supplier<T> work) {
        try {
            return work.get();
        } catch (NetworkException e) {
            throw translate(e);
        } catch (LinuxException e) {
            throw EngineException.failed(doing + ": " + e.getMessage(), e);
        }
    }

    static void translating(String doing, Runnable work) {
        translating(doing, () -> {
            work.run();
            return null;
        });
    }
}
