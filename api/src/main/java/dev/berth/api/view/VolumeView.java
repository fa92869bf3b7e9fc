package dev.berth.api.view;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.volume.VolumeInspection;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A volume in Docker's JSON. */
public final class VolumeView {
    private VolumeView() {}

    /** As {@code inspect} and {@code ls} tell it. */
    public static Map<String, @Nullable Object> of(VolumeInspection volume) {
        return JsonTree.of(
                "CreatedAt", volume.created().truncatedTo(ChronoUnit.SECONDS).toString(),
                "Driver", VolumeInspection.DRIVER,
                "Labels", volume.labels(),
                "Mountpoint", volume.mountpoint().toString(),
                "Name", volume.name(),
                "Options", volume.options(),
                "Scope", "local");
    }

    /** As {@code system df} tells it. */
    public static Map<String, @Nullable Object> withUsage(VolumeInspection volume, OptionalLong bytes) {
        Map<String, @Nullable Object> view = of(volume);
        view.put("UsageData", JsonTree.of("RefCount", volume.references(), "Size", bytes.orElse(-1)));
        return view;
    }
}
