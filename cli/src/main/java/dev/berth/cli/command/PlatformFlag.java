package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code --platform} of the verbs to whose requests version 1.48 of the API gave a platform: they send it as JSON. */
final class PlatformFlag {
    private PlatformFlag() {}

    static Flag of(String help) {
        return Flag.text("platform", "", help);
    }

    /** The query's value; empty where no platform is asked for. */
    static String json(Flags flags) {
        Optional<String> text = flags.text("platform").filter(platform -> !platform.isEmpty());
        if (text.isEmpty()) {
            return "";
        }
        String[] parts = text.get().split("/", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new CliException(
                    "invalid platform: \"" + text.get() + "\" is not os/architecture[/variant], such as linux/arm64");
        }
        Map<String, @Nullable Object> platform = Json.of("architecture", parts[1], "os", parts[0]);
        if (parts.length == 3) {
            platform.put("variant", parts[2]);
        }
        return Json.text(platform);
    }
}
