package dev.berth.build.git;

import dev.berth.build.BuildException;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.context.IgnoreFileException;
import dev.berth.engine.state.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A commit's files in a directory of the builder's. Git runs with no configuration but the repository's own new one, with no
 * hooks, and speaks the protocols of {@link GitAddress} alone, in submodules too.
 *
 * @param directory which goes with the build
 * @param commit whose files these are
 */
public record GitCheckout(Path directory, String commit) {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST_SHOWN = 2_000;
    private static final List<String> KEPT =
            List.of("PATH", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "no_proxy", "NO_PROXY");

    /** What submodules have of git's: files that say where their data is, which has not come along. */
    public static IgnoreFile pointers() {
        try {
            return IgnoreFile.of(List.of("**/.git"));
        } catch (IgnoreFileException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The part of it that is meant.
     *
     * @throws BuildException INVALID for what is no directory in it
     */
    public Path part(String name) throws IOException {
        Path part = directory.resolve(name);
        // Nobody changes these files: a link that leads out now is one that always does.
        if (!Files.isDirectory(part) || !part.toRealPath().startsWith(directory.toRealPath())) {
            throw BuildException.invalid("the repository has no directory " + name);
        }
        return part;
    }

    /**
     * Fetches.
     *
     * @param directory to be made
     * @param agent the socket of an SSH agent; without one, the host's keys in files are all there is
     * @throws BuildException FAILED where it cannot be had, INVALID where it is another commit than the wanted one
     */
    public static GitCheckout fetch(GitAddress address, boolean keepGit, Path directory, Optional<Path> agent)
            throws IOException, InterruptedException {
        Files.createDirectory(directory);
        return new Fetch(address, directory, agent).run(keepGit);
    }

    /** One being made. */
    private record Fetch(GitAddress address, Path directory, Optional<Path> agent) {
        GitCheckout run(boolean keepGit) throws IOException, InterruptedException {
            git("init", "-q", "--template=", ".");
            git("remote", "add", "origin", address.remote());
            String wanted = object();
            fetch(wanted);
            String commit =
                    git("rev-parse", "--verify", "-q", wanted + "^{commit}").strip();
            if (!commit.startsWith(address.checksum()) && !wanted.startsWith(address.checksum())) {
                throw BuildException.invalid("expected checksum to match " + address.checksum() + ", got " + commit);
            }
            git("checkout", "-q", "--detach", commit);
            if (address.submodules() && Files.exists(directory.resolve(".gitmodules"))) {
                git("submodule", "-q", "update", "--init", "--recursive", "--depth=1");
            }
            if (!keepGit) {
                Trees.delete(directory.resolve(".git"));
            }
            return new GitCheckout(directory, commit);
        }

        /** The object that the reference means: branches before tags, as git has it. */
        private String object() throws IOException, InterruptedException {
            String ref = address.ref();
            if (COMMIT.matcher(ref).matches()) {
                return ref;
            }
            String there = ref.isEmpty() ? "HEAD" : ref;
            String listed = git("ls-remote", "-q", "--", address.remote(), there);
            for (String prefix : new String[] {"", "refs/", "refs/heads/", "refs/tags/"}) {
                for (String line : listed.split("\n")) {
                    String[] fields = line.split("\t", 2);
                    if (fields.length == 2
                            && fields[1].equals(prefix + there)
                            && COMMIT.matcher(fields[0]).matches()) {
                        return fields[0];
                    }
                }
            }
            throw BuildException.failed(
                    "repository " + GitAddress.shown(address.remote()) + " does not contain ref " + there);
        }

        /** That commit alone; where a server does not give it so, all that there is. */
        private void fetch(String wanted) throws IOException, InterruptedException {
            try {
                git("fetch", "-q", "--depth=1", "--no-tags", "--", "origin", wanted);
            } catch (BuildException e) {
                git("fetch", "-q", "--tags", "--", "origin", "+refs/heads/*:refs/remotes/origin/*");
            }
        }

        private String git(String... words) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(
                    List.of("sh", "-c", "umask 022; exec git \"$@\"", "git", "-c", "core.hooksPath=/dev/null"));
            command.addAll(List.of("-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false"));
            command.addAll(List.of(words));
            Path said = directory.resolveSibling(directory.getFileName() + ".log");
            ProcessBuilder program = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .redirectInput(Path.of("/dev/null").toFile());
            environment(program.environment());
            Process running = program.start();
            try {
                int code = running.waitFor();
                String text = text(said);
                if (code != 0) {
                    throw failed(words[0], code, text);
                }
                return text;
            } finally {
                running.descendants().forEach(ProcessHandle::destroyForcibly);
                running.destroyForcibly();
            }
        }

        private static String text(Path file) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
            }
        }

        private void environment(Map<String, String> environment) {
            environment.keySet().retainAll(KEPT);
            environment.put("HOME", directory.toString());
            environment.put("LC_ALL", "C.UTF-8");
            environment.put("GIT_CONFIG_NOSYSTEM", "1");
            environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
            environment.put("GIT_TERMINAL_PROMPT", "0");
            environment.put("GIT_ALLOW_PROTOCOL", "git:http:https:ssh");
            environment.put("GIT_SSH_COMMAND", "ssh -F /dev/null -o BatchMode=yes");
            agent.ifPresent(socket -> environment.put("SSH_AUTH_SOCK", socket.toString()));
        }

        private BuildException failed(String what, int code, String said) {
            if (code == 127) {
                return BuildException.failed("fetching " + GitAddress.shown(address.remote())
                        + " needs the program git on the daemon's host: install it (apt-get install git)");
            }
            String text = said.strip().replace('\n', ' ').replace(address.remote(), GitAddress.shown(address.remote()));
            return BuildException.failed("failed to fetch remote " + GitAddress.shown(address.remote()) + ": git "
                    + what + ": " + text.substring(0, Math.min(MOST_SHOWN, text.length())));
        }
    }
}
