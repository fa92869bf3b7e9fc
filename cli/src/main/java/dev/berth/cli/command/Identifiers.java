package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import java.io.IOException;
import java.util.List;

/** Commands that do the same to each of several containers or images: one that fails does not keep the others. */
final class Identifiers {
    private Identifiers() {}

    /** What is done to one. */
    @FunctionalInterface
    interface Each {
        void run(String id) throws IOException;
    }

    /**
     * Does it to each, and prints each when it is done.
     *
     * @return the exit code: 1 where one failed
     */
    static int forEach(Context context, List<String> ids, Each each) throws IOException {
        int code = 0;
        for (String id : ids) {
            try {
                each.run(id);
                context.out().println(id);
            } catch (ApiException e) {
                context.out().flush();
                context.err().println(e.sentence());
                code = 1;
            }
        }
        return code;
    }

    static String path(String container) {
        if (container.isEmpty()) {
            throw new CliException("the container's name is empty");
        }
        return "/containers/" + EngineClient.encode(container);
    }

    static String query(String... namesAndValues) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (!namesAndValues[i + 1].isEmpty()) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(namesAndValues[i])
                        .append('=')
                        .append(EngineClient.encode(namesAndValues[i + 1]));
            }
        }
        return query.toString();
    }
}
