package dev.berth.linux.process;

/** How a process ended. */
public sealed interface ExitStatus {
    /** It exited with a code from 0 to 255. */
    record Code(int code) implements ExitStatus {}

    /** A signal ended it. */
    record Signal(int signal) implements ExitStatus {}

    /** The code as shells give it: 128 and the signal's number where a signal ended it. */
    default int shellCode() {
        return switch (this) {
            case Code code -> code.code();
            case Signal signal -> 128 + signal.signal();
        };
    }
}
