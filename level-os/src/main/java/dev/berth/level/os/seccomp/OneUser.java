package dev.berth.level.os.seccomp;

import dev.berth.level.os.oci.RuntimeConfig.SeccompPolicy;
import dev.berth.level.os.oci.RuntimeConfig.SeccompRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a policy becomes where the engine has root and no other user to give: the kernel would refuse whatever names another
 * one, and with it packages that install files of their own users, and servers that begin as root and go on as theirs. Such
 * calls do nothing and succeed: all is one user's, whatever it is called. Who asks afterwards sees that.
 */
final class OneUser {
    private static final Set<String> CALLS = Set.of(
            "chown",
            "chown32",
            "fchown",
            "fchown32",
            "fchownat",
            "lchown",
            "lchown32",
            "setfsgid",
            "setfsgid32",
            "setfsuid",
            "setfsuid32",
            "setgid",
            "setgid32",
            "setgroups",
            "setgroups32",
            "setregid",
            "setregid32",
            "setresgid",
            "setresgid32",
            "setresuid",
            "setresuid32",
            "setreuid",
            "setreuid32",
            "setuid",
            "setuid32");

    private OneUser() {}

    static SeccompPolicy of(SeccompPolicy policy) {
        List<SeccompRule> rules = new ArrayList<>();
        for (SeccompRule rule : policy.syscalls()) {
            List<String> names =
                    rule.names().stream().filter(name -> !CALLS.contains(name)).toList();
            if (!names.isEmpty()) {
                rules.add(new SeccompRule(names, rule.action(), rule.errnoRet(), rule.args()));
            }
        }
        rules.add(new SeccompRule(CALLS.stream().sorted().toList(), "SCMP_ACT_ERRNO", 0, List.of()));
        return new SeccompPolicy(
                policy.defaultAction(), policy.defaultErrnoRet(), policy.architectures(), List.copyOf(rules));
    }
}
