package dev.berth.level.os;

import dev.berth.level.Level;
import dev.berth.level.LevelProvider;
import java.nio.file.Path;

/** Makes the level {@code os}. */
public final class OsLevelProvider implements LevelProvider {
    @Override
    public String name() {
        return OsLevel.NAME;
    }

    @Override
    public Level create(Path execRoot) {
        return OsLevel.open(execRoot);
    }
}
