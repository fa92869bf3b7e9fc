package dev.berth.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.error.EngineException;
import dev.berth.linux.namespace.UserNamespace;
import dev.berth.linux.namespace.UserNamespace.Range;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataRootUsersTest {
    private static final UserNamespace HOST = namespace(new Range(0, 0, 0xFFFF_FFFFL));
    private static final UserNamespace ALONE = namespace(new Range(0, 1000, 1));
    private static final UserNamespace RANGE = namespace(new Range(0, 1000, 1), new Range(1, 100_000, 65_536));

    @TempDir
    private Path dataRoot;

    private static UserNamespace namespace(Range... ranges) {
        return new UserNamespace(List.of(ranges), List.of(ranges));
    }

    @Test
    void theHostsUsersNeedNoNote() throws IOException {
        DataRootUsers.check(dataRoot, HOST);
        assertThat(dataRoot).isEmptyDirectory();
    }

    @Test
    void filesOfRootAloneAreTheSameWhoeverThatIsOutside() throws IOException {
        DataRootUsers.check(dataRoot, ALONE);
        DataRootUsers.check(dataRoot, namespace(new Range(0, 1001, 1)));
    }

    @Test
    void filesOfOtherUsersAreRefusedByName() throws IOException {
        DataRootUsers.check(dataRoot, RANGE);
        DataRootUsers.check(dataRoot, RANGE);
        for (UserNamespace other : List.of(HOST, ALONE, namespace(new Range(0, 1000, 1), new Range(1, 200_000, 9)))) {
            assertThatThrownBy(() -> DataRootUsers.check(dataRoot, other))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("users 0:1000:1,1:100000:65536");
        }
    }
}
