package dev.berth.cli.command;

import java.util.Optional;

/** All verbs by their names; only the one that is asked for is made. */
public final class Commands {
    /** Of the command line. */
    public static final String VERSION = "0.1.0";

    /** The newest version of the Docker Engine API that it knows. */
    static final String API_VERSION = "1.48";

    /** For help: verbs with a sentence each, in groups. */
    public static final String OVERVIEW = """
            Usage:  berth [OPTIONS] COMMAND

            A container engine in Java

            Common Commands:
              run         Create and run a new container from an image
              exec        Execute a command in a running container
              ps          List containers
              build       Build an image from a Dockerfile
              pull        Download an image from a registry
              push        Upload an image to a registry
              images      List images
              login       Authenticate to a registry
              logout      Log out from a registry
              search      Search Docker Hub or a registry for images
              version     Show the Berth version information
              info        Display system-wide information

            Commands:
              attach      Attach local standard input, output, and error streams to a running container
              commit      Create a new image from a container's changes
              cp          Copy files/folders between a container and the local filesystem
              create      Create a new container
              completion  Print a script that completes commands in a shell
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
              builder     Manage builds
              container   Manage containers
              context     Manage contexts
              image       Manage images
              manifest    Manage image manifests and manifest lists
              network     Manage networks
              system      Manage Berth
              volume      Manage volumes

            Global Options:
                  --config string      Location of client config files (default
                                       "~/.docker")
              -c, --context string     Name of the context to use to connect to the
                                       daemon (overrides DOCKER_HOST env var and
                                       default context set with "berth context use")
              -D, --debug              Enable debug mode
              -H, --host list          Daemon socket to connect to
              -l, --log-level string   Set the logging level ("debug", "info",
                                       "warn", "error", "fatal") (default "info")
                  --tls                Use TLS; implied by --tlsverify
                  --tlscacert string   Trust certs signed only by this CA (default
                                       "~/.docker/ca.pem")
                  --tlscert string     Path to TLS certificate file (default
                                       "~/.docker/cert.pem")
                  --tlskey string      Path to TLS key file (default
                                       "~/.docker/key.pem")
                  --tlsverify          Use TLS and verify the remote
              -v, --version            Print version information and quit

            Run 'berth COMMAND --help' for more information on a command.
            """;

    private Commands() {}

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
                    case "network-inspect" -> NetworkCommands.inspect();
                    case "volume-inspect" -> VolumeCommands.inspect();
                    case "images" -> ImagesCommand.command();
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
                    case "events" -> EventsCommand.command();
                    case "info" -> InfoCommand.command();
                    case "system-df" -> DiskUsageCommand.command();
                    case "completion" -> CompletionCommand.command();
                    case "__complete" -> CompletionCommand.complete();
                    case "system-check" -> CheckCommand.command();
                    case "system-prune" -> SystemCommands.prune();
                    case "build" -> BuilderCommands.build();
                    case "builder-prune" -> BuilderCommands.prune();
                    case "context-create" -> ContextCommands.create();
                    case "context-export" -> ContextCommands.export();
                    case "context-import" -> ContextCommands.importOne();
                    case "context-inspect" -> ContextCommands.inspect();
                    case "context-ls" -> ContextCommands.ls();
                    case "context-rm" -> ContextCommands.rm();
                    case "context-show" -> ContextCommands.show();
                    case "context-update" -> ContextCommands.update();
                    case "context-use" -> ContextCommands.use();
                    case "network-connect" -> NetworkCommands.connect();
                    case "network-create" -> NetworkCommands.create();
                    case "network-disconnect" -> NetworkCommands.disconnect();
                    case "network-ls" -> NetworkCommands.ls();
                    case "network-prune" -> NetworkCommands.prune();
                    case "network-rm" -> NetworkCommands.rm();
                    case "volume-create" -> VolumeCommands.create();
                    case "volume-ls" -> VolumeCommands.ls();
                    case "volume-prune" -> VolumeCommands.prune();
                    case "volume-rm" -> VolumeCommands.rm();
                    case "volume-update" -> VolumeCommands.update();
                    case "system-fsck" -> FsckCommand.command();
                    case "version" -> VersionCommand.command();
                    case "search" -> SearchCommand.command();
                    case "manifest-annotate" -> ManifestCommands.annotate();
                    case "manifest-create" -> ManifestCommands.create();
                    case "manifest-inspect" -> ManifestCommands.inspect();
                    case "manifest-push" -> ManifestCommands.push();
                    case "manifest-rm" -> ManifestCommands.rm();
                    case "login" -> LoginCommands.login();
                    case "logout" -> LoginCommands.logout();
                    default -> null;
                });
    }
}
