package dev.berth.api.route;

import dev.berth.api.json.JsonTree;
import dev.berth.api.stream.JsonLines;
import dev.berth.engine.Engine;
import dev.berth.image.check.Finding;
import java.io.IOException;
import java.util.Locale;

/**
 * {@code POST /berth/system/fsck}, which Docker does not have: verifies what the engine keeps. With {@code repair=1} it
 * repairs what can be. Answers an object a line for each finding, and a last one with how many there are.
 */
final class CheckRoutes {
    private final Engine engine;
    private final BuildRoutes builds;

    CheckRoutes(Engine engine, BuildRoutes builds) {
        this.engine = engine;
        this.builds = builds;
    }

    void addTo(Router router) {
        router.add("POST", "/berth/system/fsck", this::check);
    }

    private void check(Call call) throws IOException {
        int[] found = {0};
        int[] left = {0};
        try (JsonLines lines = new JsonLines(call.exchange())) {
            lines.begin();
            try {
                builds.removeUnkept();
                engine.check(call.flag("repair"), finding -> {
                    found[0]++;
                    left[0] += finding.outcome() == Finding.Outcome.REPAIRED ? 0 : 1;
                    lines.send(call.json(tree(finding)));
                });
                lines.send(call.json(JsonTree.of("Findings", found[0], "Left", left[0])));
            } catch (IOException e) {
                String message = String.valueOf(e.getMessage());
                lines.send(call.json(JsonTree.of("errorDetail", JsonTree.of("message", message), "error", message)));
            }
        }
    }

    private static Object tree(Finding finding) {
        return JsonTree.of(
                "Weight", finding.weight().name().toLowerCase(Locale.ROOT),
                "Subject", finding.subject(),
                "Problem", finding.problem(),
                "Outcome", finding.outcome().name().toLowerCase(Locale.ROOT),
                "Action", finding.action());
    }
}
