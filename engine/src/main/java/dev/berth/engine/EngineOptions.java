package dev.berth.engine;

import dev.berth.engine.config.LogConfig;
import dev.berth.image.ImageOptions;
import dev.berth.level.LevelProvider;
import java.nio.file.Path;
import java.util.List;

/**
 * What an engine is opened with.
 *
 * @param dataRoot where state lives that outlasts a reboot; made when missing
 * @param execRoot where state lives that does not; made when missing
 * @param labels of the engine itself, {@code key=value}, as {@code info} tells them
 * @param images how images are kept and fetched
 * @param levels the levels of virtualization there are; made when first needed
 * @param defaultLevel the name of the one for containers that ask for none
 * @param liveRestore whether containers outlive an engine that is closed
 * @param logs where containers' output is kept that ask for nothing else
 * @param log where the engine tells what no caller is there to be told
 */
public record EngineOptions(
        Path dataRoot,
        Path execRoot,
        List<String> labels,
        ImageOptions images,
        List<LevelProvider> levels,
        String defaultLevel,
        boolean liveRestore,
        LogConfig logs,
        System.Logger log) {
    public EngineOptions {
        labels = List.copyOf(labels);
        levels = List.copyOf(levels);
    }
}
