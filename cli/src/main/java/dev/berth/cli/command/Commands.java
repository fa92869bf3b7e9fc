package dev.berth.cli.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All verbs by their names; only the one that is asked for is made. */
public final class Commands {
    /** For help: verbs with a sentence each, in groups. */
    public static final String OVERVIEW = """
            Usage:  berth [OPTIONS] COMMAND

            A container engine in Java

            Common Commands:
              run         Create and run a new container from an image
              exec        Execute a command in a running container
              ps          List containers
              pull        Download an image from a registry
              push        Upload an image to a registry
              images      List images
              login       Authenticate to a registry
              logout      Log out from a registry
              version     Show the Berth version information
              info        Display system-wide information

            Commands:
              attach      Attach local standard input, output, and error streams to a running container
              commit      Create a new image from a container's changes
              cp          Copy files/folders between a container and the local filesystem
              create      Create a new container
              daemon      Run the engine in the foreground
              diff        Inspect changes to files or directories on a container's filesystem
              events      Get real time events from the server
              export      Export a container's filesystem as a tar archive
              history     Show the history of an image
              import      Import the contents from a tarball to create a filesystem image
              inspect     Return low-level information on Berth objects
              kill        Kill one or more running containers
              load        Load an image from a tar archive or STDIN
              logs        Fetch the logs of a container
              pause       Pause all processes within one or more containers
              port        List port mappings or a specific mapping for the container
              rename      Rename a container
              restart     Restart one or more containers
              rm          Remove one or more containers
              rmi         Remove one or more images
              save        Save one or more images to a tar archive (streamed to STDOUT by default)
              start       Start one or more stopped containers
              stats       Display a live stream of container(s) resource usage statistics
              stop        Stop one or more running containers
              tag         Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE
              top         Display the running processes of a container
              unpause     Unpause all processes within one or more containers
              update      Update configuration of one or more containers
              wait        Block until one or more containers stop, then print their exit codes

            Management Commands:
              container   Manage containers
              image       Manage images
              system      Manage Berth

            Global Options:
              -H, --host string   Daemon socket to connect to (default "unix:///run/berth.sock")
              -v, --version       Print version information and quit

            Run 'berth COMMAND --help' for more information on a command.
            """;

    private static final Map<String, String> CONTAINER = Map.of("ls", "ps", "list", "ps", "ps", "ps", "remove", "rm");
    private static final Map<String, String> IMAGE =
            Map.of("ls", "images", "list", "images", "rm", "rmi", "remove", "rmi");
    private static final List<String> CONTAINER_VERBS = List.of(
            "attach", "commit", "cp", "create", "diff", "exec", "export", "update", "inspect", "kill", "logs", "pause",
            "port", "rename", "restart", "rm", "run", "start", "stats", "stop", "top", "unpause", "wait", "prune");
    private static final List<String> IMAGE_VERBS =
            List.of("history", "import", "inspect", "load", "prune", "pull", "push", "save", "tag");
    private static final List<String> SYSTEM_VERBS = List.of("info", "events", "df");

    private Commands() {}

    /** The verb of a command within a group ({@code container ls}); empty where the group has none of that name. */
    public static Optional<String> inGroup(String group, String name) {
        return switch (group) {
            case "container" -> verb(name, CONTAINER, CONTAINER_VERBS, "container-");
            case "image" -> verb(name, IMAGE, IMAGE_VERBS, "image-");
            default -> verb(name, Map.of(), SYSTEM_VERBS, "system-");
        };
    }

    private static Optional<String> verb(String name, Map<String, String> others, List<String> same, String prefix) {
        if (others.containsKey(name)) {
            return Optional.of(others.get(name));
        }
        boolean own = name.equals("inspect") || name.equals("prune") || name.equals("df");
        return same.contains(name) ? Optional.of(own ? prefix + name : name) : Optional.empty();
    }

    /** The verb of this name, if there is one. */
    public static Optional<Command> find(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "run" -> RunCommand.run();
                    case "create" -> RunCommand.create();
                    case "start" -> StartCommand.command();
                    case "attach" -> StartCommand.attach();
                    case "exec" -> ExecCommand.command();
                    case "ps" -> PsCommand.command();
                    case "inspect" -> InspectCommand.command("");
                    case "container-inspect" -> InspectCommand.command("container");
                    case "image-inspect" -> InspectCommand.command("image");
                    case "images" -> ImageCommands.images();
                    case "pull" -> ImageCommands.pull();
                    case "push" -> ImageCommands.push();
                    case "rmi" -> ImageCommands.rmi();
                    case "tag" -> ImageCommands.tag();
                    case "save" -> ArchiveCommands.save();
                    case "load" -> ArchiveCommands.load();
                    case "import" -> ArchiveCommands.importTree();
                    case "history" -> ImageCommands.history();
                    case "image-prune" -> ImageCommands.prune();
                    case "cp" -> FileCommands.cp();
                    case "diff" -> FileCommands.diff();
                    case "export" -> FileCommands.export();
                    case "commit" -> FileCommands.commit();
                    case "update" -> FileCommands.update();
                    case "logs" -> LogsCommand.command();
                    case "stop" -> LifeCommands.stop();
                    case "restart" -> LifeCommands.restart();
                    case "kill" -> LifeCommands.kill();
                    case "pause" -> LifeCommands.pause();
                    case "unpause" -> LifeCommands.unpause();
                    case "rm" -> LifeCommands.rm();
                    case "wait" -> LifeCommands.await();
                    case "rename" -> LifeCommands.rename();
                    case "container-prune" -> LifeCommands.prune();
                    case "top" -> SystemCommands.top();
                    case "port" -> SystemCommands.port();
                    case "stats" -> StatsCommand.command();
                    case "events" -> SystemCommands.events();
                    case "info" -> SystemCommands.info();
                    case "system-df" -> SystemCommands.diskUsage();
                    case "version" -> SystemCommands.version();
                    case "login" -> LoginCommands.login();
                    case "logout" -> LoginCommands.logout();
                    default -> null;
                });
    }
}
