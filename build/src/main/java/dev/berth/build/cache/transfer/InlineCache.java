package dev.berth.build.cache.transfer;

import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A cache in an image's configuration, whose layers are the image's own. */
public final class InlineCache {
    /** Of the configuration; whoever does not know it passes over it. */
    static final String MEMBER = "dev.berth.buildcache.v1";

    private InlineCache() {}

    /** The image with what its steps came to in it: another image, of the same layers. */
    public static Image add(Images images, Image image, List<StepRecords.Step> steps) throws IOException {
        List<Map<String, Object>> written = steps.stream()
                .map(step -> CacheExport.step(
                                step, step.image().config().diffIds().size() - 1)
                        .toTree())
                .toList();
        byte[] member = JsonObject.write(Map.of(MEMBER, Map.of("steps", written)));
        String config = new String(image.config().raw().bytes(), StandardCharsets.UTF_8).strip();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(config.substring(0, config.length() - 1).getBytes(StandardCharsets.UTF_8));
        whole.write(',');
        whole.write(member, 1, member.length - 1); // its members become the configuration's last
        return images.step(ImageConfig.parse(whole.toByteArray()), image.layers());
    }
}
