package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.BuildRequest;
import dev.berth.build.SshAgents;
import dev.berth.build.cache.transfer.CacheOptions;
import dev.berth.build.output.ResultOptions;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a client tells the Dockerfile frontend, as it becomes a request of ours. What is not known is refused by name. */
final class FrontendOptions {
    private static final String DATE = "SOURCE_DATE_EPOCH";
    private static final String ARGUMENT = "build-arg:";
    private static final String LABEL = "label:";

    private final CacheOptions caches;
    private final Map<String, Optional<String>> arguments = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final Map<String, Object> host = new LinkedHashMap<>();
    private String dockerfile = "Dockerfile";
    private Optional<String> remote = Optional.empty();
    private Optional<String> target = Optional.empty();
    private Optional<Platform> platform = Optional.empty();
    private boolean useCache = true;
    private boolean pull;

    private FrontendOptions(CacheOptions caches) {
        this.caches = caches;
    }

    /**
     * Reads them.
     *
     * @param caches as the request has them
     * @throws IOException for what is malformed or refused
     */
    static BuildRequest read(Map<String, String> options, List<String> names, CacheOptions caches, Session session)
            throws IOException {
        FrontendOptions read = new FrontendOptions(caches);
        for (Map.Entry<String, String> option : options.entrySet()) {
            read.take(option.getKey(), option.getValue());
        }
        return new BuildRequest(
                read.dockerfile,
                read.remote,
                names,
                read.target,
                read.arguments,
                read.labels,
                read.platform,
                read.useCache,
                read.pull,
                read.host,
                session::secret,
                SshAgents.NONE,
                read.date(),
                session::credentials,
                caches,
                ResultOptions.DEFAULT);
    }

    private void take(String name, String value) throws IOException {
        switch (name) {
            case "filename" -> dockerfile = value;
            case "target" -> target = Optional.of(value).filter(stage -> !stage.isEmpty());
            case "context" -> remote = Optional.of(address(value));
            case "platform" -> platform = platform(value);
            case "no-cache" -> noCache(value);
            case "image-resolve-mode" -> pull = value.equals("pull");
            case "force-network-mode" -> host.put("NetworkMode", network(value));
            case "cgroup-parent" -> host.put("CgroupParent", value);
            case "add-hosts" -> host.put("ExtraHosts", hosts(value));
            case "shm-size" -> host.put("ShmSize", number(name, value));
            case "ulimit" -> host.put("Ulimits", limits(value));
            // What the client can do, where its files come from for attestations, and a result's form of one platform.
            case "frontend.caps", "multi-platform", "contextkey", "dockerfilekey", "vcs:source", "vcs:revision" -> {}
            default -> takeByPrefix(name, value);
        }
    }

    private void takeByPrefix(String name, String value) throws GrpcException {
        if (name.startsWith(ARGUMENT)) {
            arguments.put(name.substring(ARGUMENT.length()), Optional.of(value));
        } else if (name.startsWith(LABEL)) {
            labels.put(name.substring(LABEL.length()), value);
        } else if (name.equals("cache-from") || name.equals("cache-imports")) {
            if (!value.isEmpty() && caches.from().isEmpty()) { // else the request has said so before
                throw SolveRequest.unsupported("the import of a build's cache that the frontend alone is told of");
            }
        } else if (!name.startsWith("vcs:localdir:")) {
            throw SolveRequest.unsupported("the frontend's option " + name);
        }
    }

    private static String address(String value) throws GrpcException {
        if (!value.startsWith("http://") && !value.startsWith("https://")
                || value.startsWith("http://buildkit-session/")) {
            throw SolveRequest.unsupported("the context " + value);
        }
        return value;
    }

    private static Optional<Platform> platform(String value) throws IOException {
        if (value.contains(",")) {
            throw SolveRequest.unsupported("a build for several platforms (" + value + ")");
        }
        return value.isEmpty() ? Optional.empty() : Optional.of(Platform.parse(value));
    }

    /** The cache is used for all stages or for none. */
    private void noCache(String value) throws GrpcException {
        if (!value.isEmpty()) {
            throw SolveRequest.unsupported("the cache for some stages alone (no-cache=" + value + ")");
        }
        useCache = false;
    }

    private static String network(String value) throws GrpcException {
        return switch (value) {
            case "host", "none" -> value;
            case "sandbox", "" -> "default";
            default -> throw SolveRequest.unsupported("the network mode " + value);
        };
    }

    private static List<String> hosts(String value) {
        List<String> hosts = new ArrayList<>();
        for (String host : value.split(",")) {
            if (!host.isEmpty()) {
                hosts.add(host.replaceFirst("=", ":"));
            }
        }
        return hosts;
    }

    /** {@code name=soft:hard}, as the client has checked them. */
    private static List<Map<String, Object>> limits(String value) throws GrpcException {
        List<Map<String, Object>> limits = new ArrayList<>();
        for (String limit : value.split(",")) {
            String[] words = limit.split("[=:]");
            if (words.length != 2 && words.length != 3) {
                throw new GrpcException(GrpcException.Code.INVALID_ARGUMENT, "ulimit is malformed: " + limit);
            }
            limits.add(Map.of(
                    "Name", words[0],
                    "Soft", number("ulimit", words[1]),
                    "Hard", number("ulimit", words[words.length - 1])));
        }
        return limits;
    }

    private static long number(String name, String value) throws GrpcException {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new GrpcException(GrpcException.Code.INVALID_ARGUMENT, name + " is not a number: " + value);
        }
    }

    private Optional<Instant> date() throws GrpcException {
        Optional<String> text = arguments.getOrDefault(DATE, Optional.empty());
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.ofEpochSecond(number(DATE, text.get())));
        } catch (DateTimeException e) {
            throw new GrpcException(GrpcException.Code.INVALID_ARGUMENT, DATE + " is no time: " + text.get());
        }
    }
}
