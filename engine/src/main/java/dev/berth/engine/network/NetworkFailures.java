package dev.berth.engine.network;

import dev.berth.engine.error.EngineException;
import dev.berth.linux.LinuxException;
import dev.berth.network.NetworkException;
import java.util.function.Supplier;

/** What the module {@code network} and the kernel refuse, in the engine's terms. */
final class NetworkFailures {
    private NetworkFailures() {}

    static EngineException translate(NetworkException e) {
        return translate(e, String.valueOf(e.getMessage()));
    }

    private static EngineException translate(NetworkException e, String message) {
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

    /** The same, where every refusal is told with what it is a refusal of. */
    static <T> T explaining(String doing, Supplier<T> work) {
        return translating(doing, () -> {
            try {
                return work.get();
            } catch (NetworkException e) {
                throw translate(e, doing + ": " + e.getMessage());
            }
        });
    }

    static void translating(String doing, Runnable work) {
        translating(doing, () -> {
            work.run();
            return null;
        });
    }
}
