package dev.berth.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserNamespaceTest {
    @TempDir
    private Path proc;

    private UserNamespace read(String users, String groups) throws IOException {
        Files.writeString(proc.resolve("uid_map"), users);
        Files.writeString(proc.resolve("gid_map"), groups);
        return UserNamespace.read(proc);
    }

    @Test
    void theHostsHasEverybody() throws IOException {
        UserNamespace host = read("         0          0 4294967295\n", "         0          0 4294967295\n");
        assertThat(host.initial()).isTrue();
        assertThat(host.single()).isFalse();
        assertThat(host.userFor(65534)).isEqualTo(65534);
        assertThat(host.hasUser(-2)).isTrue();
    }

    @Test
    void whereRootIsTheOnlyUserAllIsRoots() throws IOException {
        UserNamespace own = read("         0       1000          1\n", "         0        100          1\n");
        assertThat(own.initial()).isFalse();
        assertThat(own.single()).isTrue();
        assertThat(own.userFor(999)).isZero();
        assertThat(own.groupFor(42)).isZero();
        assertThat(own.userFor(-1)).as("what is to stay as it is").isEqualTo(-1);
        assertThat(own.outside(0)).isEqualTo(1000);
        assertThat(own.outside(7)).isEqualTo(7);
    }

    @Test
    void aRangeHasItsUsersAndNoOthers() throws IOException {
        String map = "0 1000 1\n1 100000 65536\n";
        UserNamespace own = read(map, map);
        assertThat(own.single()).isFalse();
        assertThat(own.userFor(999)).isEqualTo(999);
        assertThat(own.userFor(65536)).isEqualTo(65536);
        assertThat(own.userFor(65537)).isZero();
        assertThat(own.outside(33)).isEqualTo(100032);
    }
}
