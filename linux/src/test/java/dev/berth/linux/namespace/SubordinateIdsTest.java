package dev.berth.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.namespace.UserNamespace.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubordinateIdsTest {
    @TempDir
    private Path etc;

    private SubordinateIds read(String users, String groups) throws IOException {
        Files.writeString(etc.resolve("subuid"), users);
        Files.writeString(etc.resolve("subgid"), groups);
        return SubordinateIds.read(etc, "ann", 1000);
    }

    @Test
    void allThatAUserHasByNameOrNumberIsSideBySideAfterRoot() throws IOException {
        SubordinateIds ids =
                read("bob:1:5\nann:100000:65536\n# ann:7:7\n1000:300000:10\nann:x:y\nann:5:0\n", "ann:200000:65536");
        assertThat(ids.users()).containsExactly(new Range(1, 100_000, 65_536), new Range(65_537, 300_000, 10));
        assertThat(ids.groups()).containsExactly(new Range(1, 200_000, 65_536));
        assertThat(ids.numberOfUsers()).isEqualTo(65_546);
        assertThat(ids.hindrance(_ -> true)).isEmpty();
        assertThat(ids.command(42, 1000, 100))
                .isEqualTo("newuidmap 42 0 1000 1 1 100000 65536 65537 300000 10"
                        + " && newgidmap 42 0 100 1 1 200000 65536");
    }

    @Test
    void withoutUsersOrGroupsOrTheProgramsThereAreNoneAndItSaysWhy() throws IOException {
        assertThat(SubordinateIds.read(etc, "ann", 1000).hindrance(_ -> true))
                .hasValueSatisfying(reason -> assertThat(reason).contains("/etc/subuid", "ann"));
        assertThat(read("ann:1:1\n", "").hindrance(_ -> true)).isPresent();
        assertThat(read("ann:1:1\n", "ann:1:1\n").hindrance(name -> name.equals("newuidmap")))
                .hasValueSatisfying(reason -> assertThat(reason).contains("newgidmap", "uidmap"));
    }
}
