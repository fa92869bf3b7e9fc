package dev.berth.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a daemon is asked for while the JVM notes which of its methods get hot, so that the next one compiles them at once
 * and not when they have run a thousand times: {@code ./berth} runs this from its source when it makes the daemon's
 * cache. Arguments: the daemon's socket, and the name of a container that runs and has {@code true}.
 */
public final class Training {
    private static final int LIVES = 60;
    private static final int LISTED = 150;
    private static final int LISTS = 100;

    private final Api api;

    private Training(Api api) {
        this.api = api;
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("run this by ./berth");
        }
        try (Api api = new Api(Path.of(args[0]))) {
            Training training = new Training(api);
            training.lives();
            training.lists();
            for (int i = 0; i < LIVES; i++) {
                exec(Path.of(args[0]), args[1]);
            }
        }
    }

    private void lives() throws IOException {
        for (int i = 0; i < LIVES; i++) {
            String id = create();
            api.post("/containers/" + id + "/start", "");
            api.post("/containers/" + id + "/wait", "");
            api.get("/containers/" + id + "/json");
            api.delete("/containers/" + id);
        }
    }

    private void lists() throws IOException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < LISTED; i++) {
            ids.add(create());
        }
        for (int i = 0; i < LISTS; i++) {
            api.get("/containers/json?all=1");
        }
        for (String id : ids) {
            api.delete("/containers/" + id);
        }
    }

    private String create() throws IOException {
        return Api.field(
                api.post("/containers/create", "{\"Image\":\"hello-world\",\"HostConfig\":{\"NetworkMode\":\"none\"}}"),
                "Id");
    }

    private static void exec(Path socket, String container) throws IOException {
        try (Api api = new Api(socket)) { // an exec's stream ends its connection
            String id = Api.field(
                    api.post(
                            "/containers/" + container + "/exec",
                            "{\"Cmd\":[\"true\"],\"AttachStdout\":true,\"AttachStderr\":true}"),
                    "Id");
            api.post("/exec/" + id + "/start", "{}");
        }
    }
}
