package dev.berth.level.os;

import dev.berth.level.LevelException;
import dev.berth.level.NamespaceMode;
import dev.berth.level.SandboxSpec;
import dev.berth.linux.namespace.UserNamespace;

/** What an engine cannot give a container in a user namespace, and would find out too late or not at all. */
final class Unprivileged {
    private Unprivileged() {}

    /** @throws LevelException UNSUPPORTED with what was asked for */
    static void check(SandboxSpec spec) {
        UserNamespace users = UserNamespace.own();
        if (users.initial()) {
            return;
        }
        if (spec.namespaces().pid() instanceof NamespaceMode.Host) {
            throw refused(
                    "the host's processes (--pid host): without control groups, nothing else would end the container's");
        }
        if (users.single() && !spec.process().additionalGroups().isEmpty()) {
            throw refused(
                    "further groups (--group-add): this user has one group here, and no range of them in /etc/subgid");
        }
    }

    private static LevelException refused(String what) {
        return new LevelException(
                LevelException.Kind.UNSUPPORTED,
                "an engine that an ordinary user runs cannot give a container " + what);
    }
}
