package dev.berth.level;

/** What a level may or may not be able to do; the API answers a request for a missing one with an error that names the level. */
public enum Capability {
    /** Further processes in a running sandbox. */
    EXEC,
    /** Terminals and their resizing. */
    TTY,
    /** Signals other than kill. */
    SIGNAL,
    /** Pausing and resuming all processes. */
    PAUSE,
    /** Figures of use while it runs. */
    STATS,
    /** Sharing the host's network. */
    HOST_NETWORK,
    /** Limits of memory, processors and processes. */
    RESOURCE_LIMITS,
    /** A look at a running sandbox's files from outside. */
    FILES
}
