package dev.berth.build.run;

import dev.berth.build.SshAgents;
import dev.berth.build.cache.CacheDirectories;
import dev.berth.build.dockerfile.RunMount;
import dev.berth.build.files.ModeChange;
import dev.berth.build.files.SelectedFiles;
import dev.berth.build.files.Selection;
import dev.berth.build.files.SourceTree;
import dev.berth.engine.state.MemoryFolder;
import dev.berth.engine.state.Trees;
import dev.berth.image.files.FileTree;
import dev.berth.image.layer.ArchiveUnpacker;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What one RUN has mounted: directories of the builder's, and files that go with this. */
final class RunMounts implements AutoCloseable {
    private static final int PROGRAM_MODE = 0755;
    private static final int FILE_MODE = 0644;
    private static final String AGENT_SOCKET = "/run/buildkit/ssh_agent.";

    private final Path scratch;
    private final MemoryFolder hidden;
    private final List<Map<String, Object>> binds = new ArrayList<>();
    private final Map<String, String> memory = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> targets = new ArrayList<>();
    private final List<AgentSocket> agents = new ArrayList<>();
    private Optional<String> agent = Optional.empty();
    private Optional<Path> secrets = Optional.empty();
    private final Map<String, CacheDirectories.Held> held = new LinkedHashMap<>();

    /**
     * Nothing yet.
     *
     * @param scratch an empty directory, which goes with this
     * @param hidden where secrets are meanwhile
     */
    RunMounts(Path scratch, MemoryFolder hidden) {
        this.scratch = scratch;
        this.hidden = hidden;
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
        unpack(selection, directory);
        return selection.hasDirectory();
    }

    /** A file with this content, which is on no disk, and which nobody else reads. */
    void secret(String target, byte[] content, RunMount.Secret mount) throws IOException {
        if (secrets.isEmpty()) {
            secrets = Optional.of(Files.createTempDirectory(hidden.path(), "run-"));
        }
        Path file = secrets.get().resolve("secret-" + binds.size());
        write(file, content);
        own(file, mount.mode(), mount.uid(), mount.gid());
        bind(file, target, true);
    }

    /** A program that the step runs. */
    void program(String target, byte[] content) throws IOException {
        file(target, content, PROGRAM_MODE);
    }

    /** A file that the step reads. */
    void file(String target, byte[] content) throws IOException {
        file(target, content, FILE_MODE);
    }

    private void file(String target, byte[] content, int mode) throws IOException {
        Path file = scratch.resolve("file-" + binds.size());
        write(file, content);
        own(file, mode, 0, 0);
        bind(file, target, true);
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            for (ByteBuffer left = ByteBuffer.wrap(content); left.hasRemaining(); ) {
                channel.write(left);
            }
        }
    }

    private static void unpack(Selection selection, Path directory) throws IOException {
        try (FileTree files = FileTree.at(directory)) {
            files.unpack(
                    "/",
                    new SelectedFiles(selection, Optional.empty(), ModeChange.NONE, Optional.empty()),
                    new ArchiveUnpacker.Options(true, Optional.empty()));
        }
    }

    /** Sets whose a file is. */
    static void own(Path file, int mode, int uid, int gid) throws IOException {
        Files.setAttribute(file, "unix:uid", uid);
        Files.setAttribute(file, "unix:gid", gid);
        Files.setAttribute(file, "unix:mode", mode);
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
        if (secrets.isPresent()) {
            Trees.delete(secrets.get());
        }
        for (AgentSocket socket : agents) {
            socket.close();
        }
        Trees.delete(scratch);
    }
}
