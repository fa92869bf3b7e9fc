package dev.berth.build.run;

import dev.berth.build.SshAgents;
import dev.berth.build.dockerfile.RunMount;
import dev.berth.build.files.ContextTree;
import dev.berth.build.files.ModeChange;
import dev.berth.build.files.SelectedFiles;
import dev.berth.build.files.Selection;
import dev.berth.build.files.SourceTree;
import dev.berth.engine.state.Trees;
import dev.berth.image.files.FileTree;
import dev.berth.image.layer.ArchiveUnpacker;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What one RUN has mounted: directories of the builder's, and files that go with this. */
final class RunMounts implements AutoCloseable {
    private static final int PROGRAM_MODE = 0755;
    private static final String AGENT_SOCKET = "/run/buildkit/ssh_agent.";

    private final Path scratch;
    private final List<Map<String, Object>> binds = new ArrayList<>();
    private final Map<String, String> memory = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> targets = new ArrayList<>();
    private final List<AgentSocket> agents = new ArrayList<>();
    private Optional<String> agent = Optional.empty();
    private final Map<String, CacheDirectories.Held> held = new LinkedHashMap<>();

    /** @param scratch an empty directory, which goes with this */
    RunMounts(Path scratch) {
        this.scratch = scratch;
    }

    /** As a container's {@code HostConfig} has them. */
    void addTo(Map<String, Object> host) {
        if (!binds.isEmpty()) {
            host.put("Mounts", binds);
        }
        if (!memory.isEmpty()) {
            host.put("Tmpfs", memory);
        }
    }

    /** Where they are mounted. */
    List<String> targets() {
        return targets;
    }

    /** Variables that are to be in the step's environment and nowhere else, each {@code NAME=value}. */
    List<String> environment() {
        return environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }

    void environment(String name, String value) {
        environment.put(name, value);
    }

    /** Where the step reaches an SSH agent: the first one that it has. */
    Optional<String> agent() {
        return agent;
    }

    /** An agent's socket; one without a target of its own is where BuildKit has it. */
    void agent(String target, SshAgents.Agent behind, RunMount.Ssh mount) throws IOException {
        Path directory = Files.createDirectory(scratch.resolve("agent-" + agents.size()));
        AgentSocket socket = AgentSocket.open(directory, behind, mount.mode(), mount.uid(), mount.gid());
        String place = mount.target().isEmpty() ? AGENT_SOCKET + agents.size() : target;
        agents.add(socket);
        agent = agent.or(() -> Optional.of(place));
        bind(socket.path(), place, false);
    }

    void tmpfs(String target, RunMount.Tmpfs mount) {
        memory.put(
                target,
                mount.sizeBytes().isPresent() ? "size=" + mount.sizeBytes().getAsLong() : "");
        targets.add(target);
    }

    /** Gives a directory back when this is closed. */
    void hold(String name, CacheDirectories.Held directory) {
        held.put(name, directory);
    }

    /** A directory that is held. */
    CacheDirectories.Held held(String name) {
        CacheDirectories.Held directory = held.get(name);
        if (directory == null) {
            throw new IllegalStateException("cache directory " + name + " is not held");
        }
        return directory;
    }

    /** A part of a tree, copied: what is written into it is lost. */
    void tree(String target, SourceTree tree, String source, boolean readOnly) throws IOException {
        Path copy = Files.createDirectory(scratch.resolve("tree-" + binds.size()));
        if (fill(copy, tree, source)) {
            bind(copy, target, readOnly);
        } else {
            try (Stream<Path> names = Files.list(copy)) {
                bind(names.findFirst().orElseThrow(), target, readOnly);
            }
        }
    }

    /** Copies a part of a tree into a directory; gives whether it was one itself. */
    static boolean fill(Path directory, SourceTree tree, String source) throws IOException {
        Selection selection =
                Selection.of(tree, List.of(source), new Selection.Choice(false, _ -> false), "RUN --mount");
        unpack(selection, directory, Optional.empty());
        return selection.hasDirectory();
    }

    /** A file with this content, which nobody else reads. */
    void file(String target, byte[] content, int mode, int uid, int gid) throws IOException {
        Path directory = Files.createDirectory(
                scratch.resolve("file-" + binds.size()),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (ContextTree one =
                ContextTree.of(Map.of("file", content), mode, Instant.now(), directory.resolve("spool"))) {
            Selection selection =
                    Selection.of(one, List.of("file"), new Selection.Choice(false, _ -> false), "RUN --mount");
            unpack(selection, directory, Optional.of(new ArchiveUnpacker.Owner(uid, gid)));
        }
        bind(directory.resolve("file"), target, true);
    }

    /** A program that the step runs. */
    void program(String target, byte[] content) throws IOException {
        file(target, content, PROGRAM_MODE, 0, 0);
    }

    private static void unpack(Selection selection, Path directory, Optional<ArchiveUnpacker.Owner> owner)
            throws IOException {
        try (FileTree files = FileTree.at(directory)) {
            files.unpack(
                    "/",
                    new SelectedFiles(selection, Optional.empty(), ModeChange.NONE, Optional.empty()),
                    new ArchiveUnpacker.Options(true, owner));
        }
    }

    /** Sets whose a directory is. */
    static void own(Path directory, int mode, int uid, int gid) throws IOException {
        Files.setAttribute(directory, "unix:uid", uid);
        Files.setAttribute(directory, "unix:gid", gid);
        Files.setAttribute(directory, "unix:mode", mode);
    }

    void bind(Path source, String target, boolean readOnly) {
        Map<String, Object> bind = new LinkedHashMap<>();
        bind.put("Type", "bind");
        bind.put("Source", source.toString());
        bind.put("Target", target);
        bind.put("ReadOnly", readOnly);
        binds.add(bind);
        targets.add(target);
    }

    /** The name of a kept directory. */
    static String cacheName(String id) {
        return Digest.sha256(id.getBytes(StandardCharsets.UTF_8)).hex();
    }

    @Override
    public void close() throws IOException {
        held.values().forEach(CacheDirectories.Held::close);
        for (AgentSocket socket : agents) {
            socket.close();
        }
        Trees.delete(scratch);
    }
}
