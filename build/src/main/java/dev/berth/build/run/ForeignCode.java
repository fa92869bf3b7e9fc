package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.image.oci.Platform;
import java.util.List;

/** Programs of another processor than this host's, which the kernel runs only with another program's help. */
final class ForeignCode {
    /** As the engine has it of what the kernel does not know as a program (execve(2)). */
    private static final String NOT_A_PROGRAM = "exec format error";

    private ForeignCode() {}

    /** The failure of a step's command; where it is for another processor, with what is missing and what to do. */
    static BuildException explained(List<String> words, Platform platform, BuildException failure) {
        Platform host = Platform.host();
        boolean foreign = !platform.architecture().equals(host.architecture());
        if (!foreign || !String.valueOf(failure.getMessage()).contains(NOT_A_PROGRAM)) {
            return failure;
        }
        return BuildException.failed(
                "The command '" + String.join(" ", words) + "' is for " + platform + ", which this host (" + host
                        + ") cannot run: " + NOT_A_PROGRAM + ". The kernel has no interpreter for it (binfmt_misc):"
                        + " install one, such as Debian's packages qemu-user-static and binfmt-support, or have the"
                        + " command in a stage that begins with FROM --platform=$BUILDPLATFORM, and copy from that",
                failure);
    }
}
