package dev.berth.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UserFoldersTest {
    private static final int NOBODYS = 987_654;
    private static final Path HOME = Path.of("/home/ada");

    @Test
    void theEnvironmentSaysWhereThingsAre() {
        UserFolders folders =
                UserFolders.of(Map.of("XDG_DATA_HOME", "/d", "XDG_RUNTIME_DIR", "/r", "HOME", "/h"), NOBODYS, HOME);
        assertThat(folders.data()).isEqualTo(Path.of("/d/berth"));
        assertThat(folders.socket()).isEqualTo(Path.of("/r/berth/berth.sock"));
    }

    @Test
    void aUserWithoutSessionHasAFolderOfTheUsersNumber() {
        UserFolders folders = UserFolders.of(Map.of("XDG_DATA_HOME", "not/absolute"), NOBODYS, HOME);
        assertThat(folders.data()).isEqualTo(HOME.resolve(".local/share/berth"));
        assertThat(folders.runtime()).isEqualTo(Path.of("/tmp/berth-987654"));
    }
}
