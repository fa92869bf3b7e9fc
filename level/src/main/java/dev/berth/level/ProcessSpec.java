package dev.berth.level;

import java.util.List;

/**
 * A process to run in a sandbox.
 *
 * @param args the program and its arguments; at least one. The program is looked up in the PATH of {@code env} inside
 *     the sandbox unless it contains a slash.
 * @param env {@code NAME=value} in order; the level adds {@code HOME} from the user's entry where it is not set
 * @param workingDir an absolute path inside; made when missing (for a sandbox's first process)
 * @param user as Docker's {@code --user}: {@code ""}, {@code name|uid[:group|gid]}, resolved in the sandbox's own
 *     {@code /etc/passwd} and {@code /etc/group}
 * @param additionalGroups names or numbers
 * @param terminal whether it gets a terminal
 * @param openInput whether its standard input is connected (else it reads end of file from {@code /dev/null})
 * @param windowSize the terminal's size at the start
 * @param privileged for a further process: with all capabilities, and no system-call policy
 */
public record ProcessSpec(
        List<String> args,
        List<String> env,
        String workingDir,
        String user,
        List<String> additionalGroups,
        boolean terminal,
        boolean openInput,
        WindowSize windowSize,
        boolean privileged) {}
