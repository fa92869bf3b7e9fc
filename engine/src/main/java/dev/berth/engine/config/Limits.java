package dev.berth.engine.config;

/** Bounds on everything the engine takes in or keeps. */
public final class Limits {
    private Limits() {}

    /** Bytes of memory below which the kernel could not even start a container's first process (Docker's figure). */
    public static final long MEMORY_MIN_BYTES = 6L << 20;
    /** Containers of one engine. */
    public static final int CONTAINERS = 100_000;
    /** Volumes of one engine. */
    public static final int VOLUMES = 100_000;
    /** Execs that one container remembers; the oldest ended one is forgotten. */
    public static final int EXECS_PER_CONTAINER = 1_000;
    /** Characters of a container's name. */
    public static final int NAME_CHARS = 255;
    /** Arguments, variables, labels, mounts and the like in one request, each. */
    public static final int LIST_ENTRIES = 10_000;
    /** Bytes of all arguments and variables together; the kernel takes a quarter of the stack's limit (execve(2)). */
    public static final int ARGUMENT_BYTES = 2 << 20;
    /** Bytes of one line of a log; what is longer is split, as Docker does. */
    public static final int LOG_LINE_BYTES = 16 << 10;
    /** Bytes of output that a log keeps in memory before it writes them. */
    public static final int LOG_BATCH_BYTES = 64 << 10;
    /** Bytes of output that wait for a log before the container is held up. */
    public static final int LOG_QUEUE_BYTES = 256 << 10;
    /** Files of one rotated log. */
    public static final int LOG_FILES = 1_000;
    /** Bytes of a line in a log's file that a reader takes for a record. */
    public static final int LOG_RECORD_BYTES = 1 << 20;
    /** Events that are remembered for those who ask with "since" (Docker's figure). */
    public static final int EVENT_HISTORY = 256;
    /** Events that wait for a slow subscriber before it is dropped. */
    public static final int EVENT_BACKLOG = 1_024;
    /** Results of health probes that are remembered (Docker's figure). */
    public static final int HEALTH_LOG_ENTRIES = 5;
    /** Bytes of a health probe's output that are remembered (Docker's figure). */
    public static final int HEALTH_OUTPUT_BYTES = 4_096;
    /** Bytes of one file of state. */
    public static final int STATE_FILE_BYTES = 16 << 20;
    /** Bytes of a terminal's rows or columns. */
    public static final int WINDOW_CELLS = 65_535;
}
