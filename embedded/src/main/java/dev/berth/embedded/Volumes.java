package dev.berth.embedded;

import dev.berth.engine.volume.VolumeInspection;
import dev.berth.engine.volume.VolumeRequest;
import java.util.List;
import java.util.Map;

/** The volumes of an engine. */
public final class Volumes {
    private final Berth berth;

    Volumes(Berth berth) {
        this.berth = berth;
    }

    /** Makes a volume with a name that no other has. The caller closes it, or it goes with the engine. */
    public Volume create() {
        return create("");
    }

    /** Makes a volume; one that is there is given as it is. The caller closes it, or it goes with the engine. */
    public Volume create(String name) {
        return Failures.gives(() -> volume(berth.engine().volumes().create(VolumeRequest.named(name))));
    }

    /** All there are, by name. */
    public List<Volume> list() {
        return Failures.gives(() -> berth.engine().volumes().list(Map.of()).stream()
                .map(this::volume)
                .toList());
    }

    private Volume volume(VolumeInspection found) {
        return new Volume(berth, found.name(), found.mountpoint());
    }
}
