package dev.berth.linux.launch;

/**
 * Where things lie in memory that the machine code and Java share. All fields are 64 bits wide.
 *
 * <p>A record is one system call of the child. The block is what the parent's part of the code needs, and where the
 * child reports a failure.
 */
final class Layout {
    /** The call's number; {@link #STOP} ends the walk as a failure. */
    static final int RECORD_NUMBER = 0;

    /** Six arguments. */
    static final int RECORD_ARGUMENTS = 8;

    /** What the call returned, so that a later record can point at it. */
    static final int RECORD_RESULT = 56;

    /** What to do on an error: {@link #FAIL}, {@link #CONTINUE}, or the address of the record to go on with. */
    static final int RECORD_ON_ERROR = 64;

    /** Three negated error numbers that are no errors here; 0 where there are fewer. */
    static final int RECORD_TOLERATED = 72;

    /** Bit n: argument n is the address of its value. */
    static final int RECORD_INDIRECT = 96;

    /** Where whoever has made a child by this record goes on, while the child takes the next; 0 where none is made. */
    static final int RECORD_MAKER = 104;

    static final int RECORD_SIZE = 112;
    static final int TOLERATED = 3;

    static final long STOP = -1;
    static final long FAIL = 0;
    static final long CONTINUE = 1;

    /** {@code struct clone_args} (clone(2)), of which {@link #BLOCK_CLONE_ARGS_SIZE} bytes are passed. */
    static final int BLOCK_CLONE_ARGS = 0;

    static final int CLONE_FLAGS = 0;
    static final int CLONE_PIDFD = 8;
    static final int CLONE_EXIT_SIGNAL = 32;
    static final int CLONE_STACK = 40;
    static final int CLONE_STACK_SIZE = 48;
    static final int CLONE_CGROUP = 80;
    static final int CLONE_ARGS_SIZE = 88;

    /** All signals, to block. */
    static final int BLOCK_ALL_SIGNALS = 88;

    /** The signals that were blocked before. */
    static final int BLOCK_OLD_SIGNALS = 96;

    /** A descriptor of the PID namespace to put the child into, or a negative number for none. */
    static final int BLOCK_PID_NAMESPACE = 104;

    /** A descriptor of the parent's own PID namespace, to return to. */
    static final int BLOCK_OWN_PID_NAMESPACE = 112;

    /** The address of the first record. */
    static final int BLOCK_FIRST_RECORD = 120;

    /** The address of the record that failed; 0 while none has. */
    static final int BLOCK_FAILED_RECORD = 128;

    /** Its result, a negated error number. */
    static final int BLOCK_FAILURE = 136;

    /** Where clone3 puts the pidfd. */
    static final int BLOCK_PIDFD = 144;

    static final int BLOCK_CLONE_ARGS_SIZE = 152;

    /** The number of the call that clones; it is given {@link #BLOCK_CLONE_ARG0} and {@link #BLOCK_CLONE_ARG1}. */
    static final int BLOCK_CLONE_NUMBER = 160;

    static final int BLOCK_CLONE_ARG0 = 168;
    static final int BLOCK_CLONE_ARG1 = 176;
    static final int BLOCK_SIZE = 184;

    private Layout() {}
}
