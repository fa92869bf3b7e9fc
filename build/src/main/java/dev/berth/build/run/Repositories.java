package dev.berth.build.run;

import dev.berth.build.BuildRequest;
import dev.berth.build.SshAgents;
import dev.berth.build.files.ContextTree;
import dev.berth.build.git.GitAddress;
import dev.berth.build.git.GitCheckout;
import dev.berth.engine.state.Trees;
import dev.berth.image.files.FileTree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Repositories that a build is made of, with the client's SSH agent for those that ask for a key. */
final class Repositories {
    private static final int OWNER_ONLY = 0600;
    private static final String KEEP_GIT = "BUILDKIT_CONTEXT_KEEP_GIT_DIR";
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");

    private Repositories() {}

    /** @param directory to be made; its name is short, for a socket beside it is found by its path */
    static GitCheckout fetch(GitAddress address, boolean keepGit, Path directory, SshAgents agents)
            throws IOException, InterruptedException {
        Optional<SshAgents.Agent> agent = address.isSsh() ? agents.find("default") : Optional.empty();
        if (agent.isEmpty()) {
            return GitCheckout.fetch(address, keepGit, directory, Optional.empty());
        }
        Path beside = Files.createDirectory(directory.resolveSibling(directory.getFileName() + "s"));
        try (AgentSocket socket = AgentSocket.open(beside, agent.get(), OWNER_ONLY, 0, 0)) {
            return GitCheckout.fetch(address, keepGit, directory, Optional.of(socket.path()));
        }
    }

    /**
     * A repository as a context, with its own data where its address or an argument of the build wants that.
     *
     * @param own a directory of the build's
     */
    static ContextTree context(GitAddress address, BuildRequest request, Path own)
            throws IOException, InterruptedException {
        boolean keepGit = address.keepGit()
                .orElseGet(() -> request.arguments()
                        .getOrDefault(KEEP_GIT, Optional.empty())
                        .filter(TRUE::contains)
                        .isPresent());
        GitCheckout checkout = fetch(address, keepGit, own.resolve("git"), request.agents());
        Path archive = own.resolve("archive");
        try (FileTree files = FileTree.at(checkout.part(address.directory()));
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive))) {
            files.export(out);
        }
        Trees.delete(checkout.directory());
        try (InputStream in = Files.newInputStream(archive)) {
            ContextTree context = ContextTree.read(in, own.resolve("context"));
            if (!keepGit) {
                context.remove(GitCheckout.pointers());
            }
            return context;
        } finally {
            Files.delete(archive);
        }
    }
}
