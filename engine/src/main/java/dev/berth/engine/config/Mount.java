package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.Optional;

/**
 * A mount as {@code --mount} asks for it (Docker's {@code Mount}).
 *
 * @param type {@code bind}, {@code volume} or {@code tmpfs}; others are refused by name
 * @param source a path of the host, for {@code bind}, or a volume's name; empty for an anonymous one
 * @param target a path inside
 * @param consistency of Docker on macOS; ignored there too
 */
@Json
public record Mount(
        @Json.Property("Type") String type,
        @Json.Property("Source") String source,
        @Json.Property("Target") String target,
        @Json.Property("ReadOnly") boolean readOnly,
        @Json.Property("Consistency") String consistency,
        @Json.Property("BindOptions") Optional<BindOptions> bindOptions,
        @Json.Property("VolumeOptions") Optional<VolumeOptions> volumeOptions,
        @Json.Property("ImageOptions") Optional<ImageMountOptions> imageOptions,
        @Json.Property("TmpfsOptions") Optional<TmpfsOptions> tmpfsOptions) {
    public Mount {
        type = Absent.text(type);
        source = Absent.text(source);
        target = Absent.text(target);
        consistency = Absent.text(consistency);
        bindOptions = Absent.optional(bindOptions);
        volumeOptions = Absent.optional(volumeOptions);
        imageOptions = Absent.optional(imageOptions);
        tmpfsOptions = Absent.optional(tmpfsOptions);
    }
}
