package dev.berth.build.dockerfile;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What a RUN has mounted while it runs. */
public sealed interface RunMount {
    /** Where it is mounted; what is relative is below the working directory. Empty only for what need not be mounted. */
    String target();

    /**
     * A part of the context, of a stage or of an image.
     *
     * @param from empty for the context
     * @param source empty for all of it
     * @param readOnly otherwise what is written into it is lost with the instruction
     */
    record Bind(String target, Optional<String> from, String source, boolean readOnly) implements RunMount {}

    /**
     * A directory that the builder keeps from build to build.
     *
     * @param id what tells it from others; empty for the target
     * @param from what a new one begins with; empty for nothing
     * @param source the part of that
     */
    record Cache(
            String target,
            String id,
            Optional<String> from,
            String source,
            Sharing sharing,
            boolean readOnly,
            OptionalInt mode,
            OptionalInt uid,
            OptionalInt gid)
            implements RunMount {}

    /** @param sizeBytes its limit; nothing for the kernel's */
    record Tmpfs(String target, OptionalLong sizeBytes) implements RunMount {}

    /**
     * Something that must not get into the image.
     *
     * @param target empty where it is in the environment alone
     * @param environment the variable that has it
     * @param required whether the instruction fails where nobody has given it
     */
    record Secret(String target, String id, Optional<String> environment, boolean required, int mode, int uid, int gid)
            implements RunMount {}

    /**
     * The client's SSH agent.
     *
     * @param target empty for a place of the builder's choice
     * @param required whether the instruction fails where nobody has given it
     */
    record Ssh(String target, String id, boolean required, int mode, int uid, int gid) implements RunMount {}

    /** Who else may use a cache at the same time. */
    enum Sharing {
        /** Anybody. */
        SHARED,
        /** Nobody: who comes second gets another one. */
        PRIVATE,
        /** Nobody: who comes second waits. */
        LOCKED
    }
}
