package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.http.Answer;
import dev.berth.cli.http.EngineClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code berth logs}. */
final class LogsCommand {
    private LogsCommand() {}

    static Command command() {
        return Command.of(
                "logs [OPTIONS] CONTAINER",
                "Fetch the logs of a container",
                1,
                1,
                List.of(
                        Flag.flag("details", "", "Show extra details provided to logs"),
                        Flag.flag("follow", "f", "Follow log output"),
                        Flag.text("since", "", "Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative"),
                        Flag.text("tail", "n", "Number of lines to show from the end of the logs (default \"all\")"),
                        Flag.flag("timestamps", "t", "Show timestamps"),
                        Flag.text(
                                "until", "", "Show logs before a timestamp or relative (e.g. \"42m\" for 42 minutes)")),
                LogsCommand::run);
    }

    private static int run(Context context, Flags flags) throws IOException {
        EngineClient client = context.client();
        String path = Identifiers.path(flags.arguments().getFirst());
        boolean terminal = client.get(path + "/json").flag("Config", "Tty");
        String query = Identifiers.query(
                "stdout",
                "1",
                "stderr",
                "1",
                "follow",
                flags.has("follow") ? "1" : "",
                "timestamps",
                flags.has("timestamps") ? "1" : "",
                "details",
                flags.has("details") ? "1" : "",
                "since",
                time(flags, "since"),
                "until",
                time(flags, "until"),
                "tail",
                flags.text("tail", "all"));
        try (Answer answer = client.send("GET", path + "/logs" + query, null, Map.of())) {
            if (!terminal) {
                Attached.copyFrames(answer.body(), context.out(), context.err());
                return 0;
            }
            byte[] buffer = new byte[32 << 10];
            for (int n = answer.body().read(buffer); n >= 0; n = answer.body().read(buffer)) {
                context.out().write(buffer, 0, n);
                context.out().flush();
            }
        }
        return 0;
    }

    /** Seconds since 1970, from those, a point in time, or a duration before now. */
    static String time(Flags flags, String name) {
        try {
            return PointInTime.seconds(flags.text(name, ""));
        } catch (CliException e) {
            throw new CliException("invalid value for \"" + name + "\": " + e.getMessage());
        }
    }
}
