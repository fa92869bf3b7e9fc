package dev.berth.level;

import java.nio.file.Path;

/** How the daemon finds a level: a service that makes it once the engine's folders are known. */
public interface LevelProvider {
    /** The name of the level this makes, without making it. */
    String name();

    /**
     * Makes the level for one engine. The caller owns and closes it.
     *
     * @param execRoot where state lives that does not outlast a reboot; the level keeps to a folder of its own name in it
     */
    Level create(Path execRoot);
}
