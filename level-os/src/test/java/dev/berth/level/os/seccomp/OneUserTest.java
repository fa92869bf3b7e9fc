package dev.berth.level.os.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.level.os.oci.RuntimeConfig.SeccompPolicy;
import dev.berth.level.os.oci.RuntimeConfig.SeccompRule;
import java.util.List;
import org.junit.jupiter.api.Test;

class OneUserTest {
    @Test
    void callsThatNameUsersSucceedWhateverThePolicySaysAndOthersAreAsTheyWere() {
        SeccompRule allowed = new SeccompRule(List.of("chown", "read"), "SCMP_ACT_ALLOW", null, List.of());
        SeccompRule forbidden = new SeccompRule(List.of("setuid"), "SCMP_ACT_ERRNO", 1, List.of());
        SeccompPolicy policy = OneUser.of(
                new SeccompPolicy("SCMP_ACT_ERRNO", 1, List.of("SCMP_ARCH_X86_64"), List.of(allowed, forbidden)));
        assertThat(policy.syscalls()).hasSize(2);
        assertThat(policy.syscalls().getFirst())
                .isEqualTo(new SeccompRule(List.of("read"), "SCMP_ACT_ALLOW", null, List.of()));
        SeccompRule succeeding = policy.syscalls().getLast();
        assertThat(succeeding.names()).contains("chown", "setuid", "setgroups", "fchownat");
        assertThat(succeeding.errnoRet()).isZero();
        assertThat(policy.defaultAction()).isEqualTo("SCMP_ACT_ERRNO");
    }
}
