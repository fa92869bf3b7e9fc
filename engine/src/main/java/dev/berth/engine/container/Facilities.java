package dev.berth.engine.container;

import dev.berth.engine.config.LogConfig;
import dev.berth.engine.event.Events;
import dev.berth.engine.network.Networks;
import dev.berth.engine.state.StateWriter;
import dev.berth.engine.volume.Volumes;
import dev.berth.image.Images;
import io.avaje.jsonb.Jsonb;
import java.nio.file.Path;

/**
 * What all containers of an engine share.
 *
 * @param logs where containers' output is kept that ask for nothing else
 * @param log where is told what no caller is there to be told
 */
public record Facilities(
        Path dataRoot,
        Path execRoot,
        Images images,
        Volumes volumes,
        Networks networks,
        Levels levels,
        Events events,
        StateWriter writer,
        Sweeper sweeper,
        Jsonb jsonb,
        LogConfig logs,
        System.Logger log) {
    Path containers() {
        return dataRoot.resolve("containers");
    }

    Path sandboxes() {
        return execRoot.resolve("sandboxes");
    }
}
