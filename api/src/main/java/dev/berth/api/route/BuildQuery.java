package dev.berth.api.route;

import dev.berth.api.buildkit.Session;
import dev.berth.build.BuildRequest;
import dev.berth.build.NamedContext;
import dev.berth.build.SecretSource;
import dev.berth.build.SshAgents;
import dev.berth.build.attest.AttestationOptions;
import dev.berth.build.cache.transfer.CacheOptions;
import dev.berth.build.output.ResultOptions;
import dev.berth.engine.error.EngineException;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.DockerConfig;
import dev.berth.image.registry.Reference;
import io.avaje.json.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the query of {@code POST /build} asks for. Containers of steps are always removed ({@code rm}, {@code forcerm}): their
 * changes have become the layer.
 */
final class BuildQuery {
    private static final String DATE = "SOURCE_DATE_EPOCH";

    private BuildQuery() {}

    /**
     * Reads a query.
     *
     * @param contexts what there is in place of names
     * @param caches what it says of other caches
     * @throws EngineException INVALID for a malformed value, UNSUPPORTED for what is refused by name
     */
    static BuildRequest read(Call call, Map<String, NamedContext> contexts, CacheOptions caches) throws IOException {
        if (call.query("outputs").filter(value -> !value.equals("[]")).isPresent()) {
            throw EngineException.unsupported("outputs are not supported by this builder");
        }
        boolean keep = call.flag("keep", true);
        return read(
                call,
                call.query("remote"),
                keep,
                contexts,
                SecretSource.of(secrets(call)),
                AgentHeader.read(call),
                credentials(call),
                caches);
    }

    /**
     * The same of a client that is asked for its secrets, passwords and SSH agents.
     *
     * @param remote where the context is, if not with the client
     * @param keep whether the image stays here
     */
    static BuildRequest read(Call call, Optional<String> remote, boolean keep, Session session, CacheOptions caches)
            throws IOException {
        return read(call, remote, keep, Map.of(), session::secret, session.agents(), session::credentials, caches);
    }

    private static BuildRequest read(
            Call call,
            Optional<String> remote,
            boolean keep,
            Map<String, NamedContext> contexts,
            SecretSource secrets,
            SshAgents agents,
            Function<String, Credentials> credentials,
            CacheOptions caches)
            throws IOException {
        refuse(call);
        Map<String, Optional<String>> arguments = new LinkedHashMap<>();
        texts(call, "buildargs").forEach(arguments::put);
        Map<String, String> labels = new LinkedHashMap<>();
        texts(call, "labels").forEach((name, value) -> labels.put(name, value.orElse("")));
        List<Platform> platforms = platforms(call);
        return new BuildRequest(
                call.query("dockerfile").orElse("Dockerfile"),
                remote,
                contexts,
                call.exchange().request().queryValues("t").stream()
                        .filter(name -> !name.isEmpty())
                        .toList(),
                call.query("target"),
                arguments,
                labels,
                platforms.size() > 1 ? Optional.empty() : platforms.stream().findFirst(),
                !call.flag("nocache"),
                Set.copyOf(call.exchange().request().queryValues("nocachefilter")),
                call.flag("pull"),
                host(call),
                secrets,
                agents,
                Optional.ofNullable(arguments.get(DATE)).flatMap(value -> value).map(BuildQuery::date),
                credentials,
                caches,
                new ResultOptions(keep, platforms.size() > 1 ? platforms : List.of(), attestations(call)));
    }

    /** Whether a build argument asks for a cache in the image, as BuildKit's clients do it. */
    static boolean isInlineCacheWanted(Call call) {
        return texts(call, "buildargs")
                .getOrDefault("BUILDKIT_INLINE_CACHE", Optional.empty())
                .filter(Set.of("1", "t", "T", "true", "TRUE", "True")::contains)
                .isPresent();
    }

    private static AttestationOptions attestations(Call call) {
        AttestationOptions.Provenance provenance =
                switch (call.query("provenance").orElse("")) {
                    case "" -> AttestationOptions.Provenance.NONE;
                    case "min" -> AttestationOptions.Provenance.MIN;
                    case "max" -> AttestationOptions.Provenance.MAX;
                    case String other ->
                        throw EngineException.invalid("the parameter provenance is min or max, and not " + other);
                };
        return new AttestationOptions(provenance, call.flag("sbom"));
    }

    /** Those that are parted by commas, or one as JSON has it. */
    private static List<Platform> platforms(Call call) throws IOException {
        Optional<String> text = call.query("platform");
        if (text.isEmpty() || text.get().startsWith("{")) {
            return call.platform().stream().toList();
        }
        Set<Platform> platforms = new LinkedHashSet<>();
        for (String platform : text.get().split(",")) {
            platforms.add(Platform.parse(platform.strip()));
        }
        return List.copyOf(platforms);
    }

    /** The header {@code X-Berth-Secrets}, of our own command line: base64 of JSON with each secret's base64. It is in no log. */
    private static Map<String, byte[]> secrets(Call call) {
        Optional<String> header = call.exchange().request().header("x-berth-secrets");
        Map<String, byte[]> secrets = new LinkedHashMap<>();
        try {
            if (header.isPresent()
                    && call.read(Base64.getUrlDecoder().decode(header.get()), Object.class) instanceof Map<?, ?> map) {
                map.forEach((id, value) ->
                        secrets.put(String.valueOf(id), Base64.getDecoder().decode(String.valueOf(value))));
            }
            return secrets;
        } catch (IllegalArgumentException | JsonException e) {
            throw EngineException.invalid("the header X-Berth-Secrets is not base64 of a JSON object of secrets");
        }
    }

    private static void refuse(Call call) {
        if (call.flag("squash")) {
            throw EngineException.unsupported("squash is only supported with experimental mode");
        }
        if (call.query("isolation").filter(value -> !value.equals("default")).isPresent()) {
            throw EngineException.unsupported(
                    "isolation " + call.query("isolation").get() + " is not supported");
        }
    }

    /** How steps run, as a container's {@code HostConfig} has it. */
    private static Map<String, Object> host(Call call) {
        Map<String, Object> host = new LinkedHashMap<>();
        call.query("networkmode").ifPresent(mode -> host.put("NetworkMode", mode));
        call.query("cgroupparent").ifPresent(parent -> host.put("CgroupParent", parent));
        call.query("cpusetcpus").ifPresent(cpus -> host.put("CpusetCpus", cpus));
        call.query("cpusetmems").ifPresent(nodes -> host.put("CpusetMems", nodes));
        number(call, host, "memory", "Memory");
        number(call, host, "memswap", "MemorySwap");
        number(call, host, "cpushares", "CpuShares");
        number(call, host, "cpuperiod", "CpuPeriod");
        number(call, host, "cpuquota", "CpuQuota");
        number(call, host, "shmsize", "ShmSize");
        Object extraHosts = call.query("extrahosts")
                .map(text -> tree(call, "extrahosts", text))
                .orElse(List.of());
        if (extraHosts instanceof List<?> list && !list.isEmpty()) {
            host.put("ExtraHosts", list);
        }
        Object ulimits =
                call.query("ulimits").map(text -> tree(call, "ulimits", text)).orElse(List.of());
        if (ulimits instanceof List<?> list && !list.isEmpty()) {
            host.put("Ulimits", list);
        }
        List<String> security = call.exchange().request().queryValues("securityopt");
        if (!security.isEmpty()) {
            Object options = security.size() == 1 && security.getFirst().startsWith("[")
                    ? tree(call, "securityopt", security.getFirst())
                    : security;
            if (!options.equals(List.of())) {
                host.put("SecurityOpt", options);
            }
        }
        return host;
    }

    private static void number(Call call, Map<String, Object> host, String name, String member) {
        Optional<String> text = call.query(name);
        if (text.isPresent() && !text.get().equals("0")) {
            try {
                host.put(member, Long.parseLong(text.get()));
            } catch (NumberFormatException e) {
                throw EngineException.invalid("the parameter " + name + " is not a number: " + text.get());
            }
        }
    }

    private static Map<String, Optional<String>> texts(Call call, String name) {
        Optional<String> text = call.query(name).filter(value -> !value.equals("null"));
        if (text.isEmpty()) {
            return Map.of();
        }
        if (!(tree(call, name, text.get()) instanceof Map<?, ?> map)) {
            throw EngineException.invalid("the parameter " + name + " is not a JSON object");
        }
        Map<String, Optional<String>> texts = new LinkedHashMap<>();
        map.forEach((key, value) ->
                texts.put(String.valueOf(key), Optional.ofNullable(value).map(String::valueOf)));
        return texts;
    }

    /** A document of a parameter; a list may also be one of Docker's older kind, its values parted by commas. */
    static Object tree(Call call, String name, String text) {
        if (name.equals("extrahosts") && !text.startsWith("[")) {
            return List.of(text.split(","));
        }
        if (text.equals("null")) { // a list of Go's that is not there
            return List.of();
        }
        try {
            return Optional.ofNullable(call.read(text.getBytes(StandardCharsets.UTF_8), Object.class))
                    .orElse(Map.of());
        } catch (JsonException e) {
            throw new EngineException(EngineException.Kind.INVALID, "the parameter " + name + " is not JSON", e);
        }
    }

    private static Instant date(String text) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(text));
        } catch (NumberFormatException | DateTimeException e) {
            throw new EngineException(EngineException.Kind.INVALID, DATE + " is not a number of seconds: " + text, e);
        }
    }

    private static Function<String, Credentials> credentials(Call call) throws IOException {
        Optional<String> header = call.exchange().request().header("x-registry-config");
        Map<String, Credentials> byRegistry =
                header.isPresent() ? DockerConfig.parseConfigHeader(header.get()) : Map.of();
        return name -> {
            try {
                return byRegistry.getOrDefault(Reference.parse(name).domain(), Credentials.ANONYMOUS);
            } catch (ImageException e) {
                return Credentials.ANONYMOUS;
            }
        };
    }
}
