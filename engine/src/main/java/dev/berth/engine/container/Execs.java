package dev.berth.engine.container;

import dev.berth.engine.config.ExecConfig;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.OutputSink;
import dev.berth.level.WindowSize;
import java.util.Optional;

/** Further processes in running containers. Every method throws NOT_FOUND where there is no such exec. */
public final class Execs {
    /** Prepares a process in a running container; gives its id. CONFLICT where the container does not run or is paused. */
    public String create(String container, ExecConfig config) {
        throw new IllegalStateException("skeleton " + container + config);
    }

    /**
     * Starts the process; its output goes to the sink, as far as the configuration asked for it. A program that cannot
     * be run gives NOT_RUNNABLE, and the exec has the exit code 126 or 127 then.
     *
     * @param terminal whether the starter wants a terminal too; as at the creation, or INVALID
     * @param size of the terminal; empty for what the creation said
     */
    public Attachment start(String exec, boolean terminal, Optional<WindowSize> size, OutputSink sink) {
        throw new IllegalStateException("skeleton " + exec + terminal + size + sink);
    }

    /** Starts the process with nobody attached. */
    public void startDetached(String exec, boolean terminal) {
        throw new IllegalStateException("skeleton " + exec + terminal);
    }

    public ExecInspection inspect(String exec) {
        throw new IllegalStateException("skeleton " + exec);
    }

    public void resize(String exec, WindowSize size) {
        throw new IllegalStateException("skeleton " + exec + size);
    }
}
