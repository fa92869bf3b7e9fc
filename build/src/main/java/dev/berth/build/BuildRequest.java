package dev.berth.build;

import dev.berth.build.cache.transfer.CacheOptions;
import dev.berth.build.output.ResultOptions;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What to build, and how.
 *
 * @param dockerfile its path in the context
 * @param remote an address of an archive, or of a Dockerfile, that is fetched in place of a context; empty for none
 * @param contexts what is taken in place of names that the Dockerfile has; {@code name::platform} for one platform alone
 * @param names that the image is given
 * @param target the stage that is wanted; empty for the last one
 * @param arguments for ARG; one without a value takes it away
 * @param labels of the image, in their order
 * @param platform which the image is for; empty for the host's, or for {@linkplain ResultOptions#platforms several}
 * @param useCache whether what a step came to before does
 * @param afresh stages whose steps are done anew all the same, by their names, {@code stage-0} where they have none
 * @param pull whether base images are fetched although they are here
 * @param host how the containers of steps run, as a container's {@code HostConfig} has it
 * @param secrets for {@code RUN --mount=type=secret}
 * @param agents for {@code RUN --mount=type=ssh}
 * @param sourceDate the time of everything that is made; empty for now
 * @param credentials by the registry's name
 * @param caches where else to look for what steps came to, and where to write that
 * @param result what is wanted of the image, once it is there
 */
public record BuildRequest(
        String dockerfile,
        Optional<String> remote,
        Map<String, NamedContext> contexts,
        List<String> names,
        Optional<String> target,
        Map<String, Optional<String>> arguments,
        Map<String, String> labels,
        Optional<Platform> platform,
        boolean useCache,
        Set<String> afresh,
        boolean pull,
        Map<String, Object> host,
        SecretSource secrets,
        SshAgents agents,
        Optional<Instant> sourceDate,
        Function<String, Credentials> credentials,
        CacheOptions caches,
        ResultOptions result) {
    public BuildRequest {
        contexts = Map.copyOf(contexts);
        names = List.copyOf(names);
        afresh = Set.copyOf(afresh);
        host = Map.copyOf(host);
    }

    /** The same for one platform. */
    public BuildRequest on(Platform one) {
        return with(remote, Optional.of(one));
    }

    /** The same of another address, or of none. */
    public BuildRequest at(Optional<String> address) {
        return with(address, platform);
    }

    private BuildRequest with(Optional<String> address, Optional<Platform> one) {
        return new BuildRequest(
                dockerfile,
                address,
                contexts,
                names,
                target,
                arguments,
                labels,
                one,
                useCache,
                afresh,
                pull,
                host,
                secrets,
                agents,
                sourceDate,
                credentials,
                caches,
                result);
    }
}
