package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.http.ApiException;
import dev.berth.cli.http.EngineClient;
import dev.berth.cli.json.Tree;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which names fit where: of containers, images and so on, as they are now. A daemon is asked, but not started. */
final class Candidates {
    private static final List<String> SIGNALS =
            List.of("SIGCONT", "SIGHUP", "SIGINT", "SIGKILL", "SIGQUIT", "SIGSTOP", "SIGTERM", "SIGUSR1", "SIGUSR2");

    private final Context context;
    private Optional<EngineClient> daemon = Optional.empty();

    Candidates(Context context) {
        this.context = context;
    }

    /**
     * What fits at a place.
     *
     * @param kinds of names: {@code running}, {@code image}…
     * @param fixed words
     * @param suffix behind each name
     * @param directive for the shell: {@code files}, {@code nospace} or nothing
     */
    record Place(List<String> kinds, List<String> fixed, String suffix, String directive) {
        static Place of(String... kinds) {
            return new Place(List.of(kinds), List.of(), "", "");
        }

        static Place words(String... words) {
            return new Place(List.of(), List.of(words), "", "");
        }

        static Place files() {
            return new Place(List.of(), List.of(), "", "files");
        }
    }

    /** Of an argument, by the verb and how many stand before it. */
    static Place argument(String key, int before) {
        return switch (key) {
            case "attach", "kill", "pause", "stats", "stop", "top" -> Place.of("running");
            case "exec" -> before == 0 ? Place.of("running") : Place.files();
            case "unpause" -> Place.of("paused");
            case "start" -> Place.of("stopped");
            case "container-inspect", "logs", "restart", "rm", "update", "wait" -> Place.of("container");
            case "commit", "diff", "export", "port", "rename" -> before == 0 ? Place.of("container") : Place.of();
            case "cp" -> new Place(List.of("container"), List.of(), ":", "files");
            case "inspect" -> Place.of("container", "image", "network", "volume");
            case "create", "run" -> before == 0 ? Place.of("image") : Place.files();
            case "history", "image-inspect", "push", "rmi", "save" -> Place.of("image");
            case "tag" -> before < 2 ? Place.of("image") : Place.of();
            case "import", "build" -> Place.files();
            case "network-inspect", "network-rm" -> Place.of("network");
            case "network-connect", "network-disconnect" -> before == 0 ? Place.of("network") : Place.of("container");
            case "volume-inspect", "volume-rm" -> Place.of("volume");
            case "context-inspect", "context-rm", "context-update", "context-use" -> Place.of("context");
            case "context-export" -> before == 0 ? Place.of("context") : Place.files();
            case "context-import" -> before == 0 ? Place.of() : Place.files();
            case "completion" -> Place.words("bash", "fish", "zsh");
            default -> Place.of();
        };
    }

    /** Of a flag's value. */
    static Place value(String key, Flag flag, String typed) {
        return switch (flag.name()) {
            case "config",
                    "tlscacert",
                    "tlscert",
                    "tlskey",
                    "env-file",
                    "label-file",
                    "cidfile",
                    "iidfile",
                    "metadata-file",
                    "jar",
                    "lib",
                    "input",
                    "output",
                    "rootfs",
                    "data-root",
                    "volume",
                    "device",
                    "file" -> Place.files();
            case "context", "from" -> Place.of("context");
            case "filter" -> filter(key, typed);
            case "format" -> Place.words("json", "table");
            case "log-level" -> Place.words("debug", "info", "warn", "error", "fatal");
            case "network", "net" -> Place.of("network");
            case "pull" -> Place.words("always", "missing", "never");
            case "restart" -> Place.words("always", "no", "on-failure", "unless-stopped");
            case "signal", "stop-signal" -> Place.words(SIGNALS.toArray(String[]::new));
            case "cap-add", "cap-drop" ->
                Place.words("ALL", "NET_ADMIN", "NET_RAW", "SYS_ADMIN", "SYS_PTRACE", "SYS_TIME");
            case "progress" -> Place.words("auto", "plain", "quiet", "rawjson", "tty");
            case "tag", "base" -> Place.of("image");
            case "log-driver" -> Place.words("json-file", "none");
            case "type" -> key.equals("inspect") ? Place.words("container", "image", "network", "volume") : Place.of();
            case "volumes-from", "link" -> Place.of("container");
            case "ipc", "pid", "uts" -> Place.words("host", "private");
            case "cgroupns" -> Place.words("host", "private");
            default -> Place.of();
        };
    }

    private static Place filter(String key, String typed) {
        if (typed.startsWith("status=")) {
            return Place.words(
                    "status=created",
                    "status=dead",
                    "status=exited",
                    "status=paused",
                    "status=removing",
                    "status=restarting",
                    "status=running");
        }
        List<String> names = switch (key) {
            case "ps" ->
                List.of(
                        "ancestor=",
                        "before=",
                        "exited=",
                        "expose=",
                        "health=",
                        "id=",
                        "is-task=",
                        "label=",
                        "name=",
                        "network=",
                        "publish=",
                        "since=",
                        "status=",
                        "volume=");
            case "events" ->
                List.of(
                        "container=",
                        "daemon=",
                        "event=",
                        "image=",
                        "label=",
                        "network=",
                        "scope=",
                        "type=",
                        "volume=");
            case "images" -> List.of("before=", "dangling=", "label=", "reference=", "since=", "until=");
            default -> List.of("label=", "until=");
        };
        return new Place(List.of(), names, "", "nospace");
    }

    /** The names of a kind, and what is known of each. */
    Map<String, String> of(String kind) {
        try {
            return switch (kind) {
                case "running", "paused" ->
                    containers(Identifiers.query("filters", Filters.json(List.of("status=" + kind))));
                case "stopped" ->
                    containers(Identifiers.query("filters", Filters.json(List.of("status=created", "status=exited"))));
                case "container" -> containers("?all=1");
                case "image" -> images();
                case "network" -> named("/networks");
                case "volume" -> named("/volumes");
                case "context" -> contexts();
                default -> Map.of();
            };
        } catch (ApiException | CliException | UncheckedIOException e) {
            return Map.of(); // nobody is there to know names, which is no reason to disturb who types
        }
    }

    private Map<String, String> containers(String query) {
        Map<String, String> names = new LinkedHashMap<>();
        for (Tree container : get("/containers/json" + query).list()) {
            for (String name : container.texts("Names")) {
                names.put(name.startsWith("/") ? name.substring(1) : name, container.text("Image"));
            }
        }
        return names;
    }

    private Map<String, String> images() {
        Map<String, String> names = new LinkedHashMap<>();
        for (Tree image : get("/images/json").list()) {
            image.texts("RepoTags").forEach(tag -> names.put(tag, ""));
        }
        return names;
    }

    private Map<String, String> named(String path) {
        Map<String, String> names = new LinkedHashMap<>();
        Tree answer = get(path);
        List<Tree> all = answer.list().isEmpty() ? answer.list("Volumes") : answer.list();
        all.forEach(one -> names.put(one.text("Name"), one.text("Driver")));
        return names;
    }

    private Tree get(String path) {
        if (daemon.isEmpty()) {
            daemon = Optional.of(context.daemon());
        }
        return daemon.get().get(path);
    }

    private Map<String, String> contexts() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("default", "");
        context.options().contexts().all().forEach(one -> names.put(one.name(), one.description()));
        return names;
    }
}
