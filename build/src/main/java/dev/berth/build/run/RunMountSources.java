package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.SshAgents;
import dev.berth.build.cache.CacheDirectories;
import dev.berth.build.dockerfile.RunMount;
import dev.berth.build.files.Selection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Where what a RUN has mounted comes from. */
final class RunMountSources {
    private static final Selection.Choice ALL = new Selection.Choice(false, _ -> false);

    private final Build build;

    RunMountSources(Build build) {
        this.build = build;
    }

    /**
     * What tells a stage's mounts from others, as far as the step's result may depend on them. The stages that they are of are
     * complete then: who holds a step or a directory must not wait for a stage, which may wait for that.
     */
    String identity(int stage, List<RunMount> mounts) throws IOException, InterruptedException {
        StringBuilder identity = new StringBuilder();
        for (RunMount mount : mounts) {
            identity.append(mount).append('\0');
            if (mount instanceof RunMount.Bind bind) {
                try (Source source = build.mounted(stage, bind.from())) {
                    identity.append(
                            source.identity().isEmpty()
                                    ? Selection.of(source.tree(), List.of(root(bind.source())), ALL, "RUN --mount")
                                            .digest()
                                    : source.identity());
                }
            } else if (mount instanceof RunMount.Cache cache) {
                build.mounted(stage, cache.from()).close();
            }
        }
        return identity.toString();
    }

    private static String root(String source) {
        return source.isEmpty() ? "/" : source;
    }

    /**
     * Has a stage's mounts ready; the caller closes them behind the step.
     *
     * @param command which is to have them
     */
    RunMounts of(int stage, List<RunMount> mounts, String workingDir, List<String> command)
            throws IOException, InterruptedException {
        RunMounts ready = new RunMounts(Files.createDirectory(build.spool()), build.memory());
        try {
            take(ready, mounts, workingDir, String.join(" ", command));
            for (RunMount mount : mounts) {
                String target = target(workingDir, mount);
                switch (mount) {
                    case RunMount.Bind bind -> {
                        try (Source source = build.mounted(stage, bind.from())) {
                            ready.tree(target, source.tree(), root(bind.source()), bind.readOnly());
                        }
                    }
                    case RunMount.Cache cache -> cache(ready, stage, target, cache);
                    case RunMount.Tmpfs tmpfs -> ready.tmpfs(target, tmpfs);
                    case RunMount.Secret secret -> secret(ready, secret, target);
                    case RunMount.Ssh ssh -> agent(ready, ssh, target);
                }
            }
            return ready;
        } catch (IOException | InterruptedException | RuntimeException e) {
            ready.close();
            throw e;
        }
    }

    /** All at once, in one order for all steps: none waits for what another holds that waits for it. */
    private void take(RunMounts ready, List<RunMount> mounts, String workingDir, String command)
            throws IOException, InterruptedException {
        Map<String, RunMount.Sharing> wanted = new TreeMap<>();
        Map<String, String> descriptions = new HashMap<>();
        for (RunMount mount : mounts) {
            if (mount instanceof RunMount.Cache cache) {
                String target = target(workingDir, cache);
                descriptions.put(
                        name(cache, target),
                        "cached mount " + target + " from exec " + command + " with id \"" + id(cache, target) + "\"");
                wanted.merge(
                        name(cache, target),
                        cache.sharing(),
                        (one, other) -> one == RunMount.Sharing.SHARED ? other : one);
            }
        }
        for (Map.Entry<String, RunMount.Sharing> directory : wanted.entrySet()) {
            String name = directory.getKey();
            String description = descriptions.getOrDefault(name, "");
            ready.hold(name, build.directories().take(name, directory.getValue(), description));
        }
    }

    private static String target(String workingDir, RunMount mount) {
        return Path.of(workingDir).resolve(mount.target()).normalize().toString();
    }

    private static String name(RunMount.Cache cache, String target) {
        return RunMounts.cacheName(
                String.join("\0", id(cache, target), cache.from().toString(), cache.source()));
    }

    private static String id(RunMount.Cache cache, String target) {
        return cache.id().isEmpty() ? target : cache.id();
    }

    private void cache(RunMounts ready, int stage, String target, RunMount.Cache cache)
            throws IOException, InterruptedException {
        CacheDirectories.Held held = ready.held(name(cache, target));
        if (held.isNew()) {
            RunMounts.own(
                    held.path(),
                    cache.mode().orElse(0755),
                    cache.uid().orElse(0),
                    cache.gid().orElse(0));
            if (cache.from().isPresent()) {
                try (Source source = build.mounted(stage, cache.from())) {
                    RunMounts.fill(held.path(), source.tree(), root(cache.source()));
                }
            }
        }
        ready.bind(held.path(), target, cache.readOnly());
    }

    private void agent(RunMounts ready, RunMount.Ssh ssh, String target) throws IOException {
        Optional<SshAgents.Agent> agent = build.request().agents().find(ssh.id());
        if (agent.isPresent()) {
            try {
                ready.agent(target, agent.get(), ssh);
            } catch (IOException e) {
                throw BuildException.failed("RUN --mount=type=ssh,id=" + ssh.id() + ": " + e.getMessage(), e);
            }
        } else if (ssh.required()) {
            throw BuildException.invalid("no SSH key \"" + ssh.id()
                    + "\" forwarded from the client: give its agent with" + " --ssh " + ssh.id());
        }
    }

    private void secret(RunMounts ready, RunMount.Secret secret, String target) throws IOException {
        Optional<byte[]> value = build.request().secrets().secret(secret.id());
        if (value.isEmpty()) {
            if (secret.required()) {
                throw BuildException.invalid(
                        "secret " + secret.id() + ": not found; give it with --secret id=" + secret.id() + ",src=FILE");
            }
            return;
        }
        secret.environment()
                .ifPresent(name -> ready.environment(name, new String(value.get(), StandardCharsets.UTF_8)));
        if (!secret.target().isEmpty()) {
            ready.secret(target, value.get(), secret);
        }
    }
}
