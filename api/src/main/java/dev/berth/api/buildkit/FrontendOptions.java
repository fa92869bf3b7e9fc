package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.BuildRequest;
import dev.berth.build.ContextSource;
import dev.berth.build.NamedContext;
import dev.berth.build.attest.AttestationOptions;
import dev.berth.build.cache.transfer.CacheOptions;
import dev.berth.build.files.SentContexts;
import dev.berth.build.inquiry.Inquiry;
import dev.berth.build.output.ResultOptions;
import dev.berth.build.run.BuildRunner;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a client tells the Dockerfile frontend, as it becomes a request of ours. What is not known is refused by name. */
final class FrontendOptions {
    private static final String DATE = "SOURCE_DATE_EPOCH";
    private static final String ARGUMENT = "build-arg:";
    private static final String LABEL = "label:";
    private static final String SHARED_KEY = "sharedkey:localdir:";
    private static final String INQUIRY = "requestid";
    private static final Set<String> CAPABILITIES = Set.of(
            "moby.buildkit.frontend.subrequests",
            "moby.buildkit.frontend.contexts",
            "moby.buildkit.frontend.gitquerystring");

    private static final String CONTEXT = "context:";
    private static final String UPLOADED = "http://" + Session.UPLOAD_HOST + "/";

    private final CacheOptions caches;
    private final Session session;
    private final BuildTrace trace;
    private final SentContexts sent;
    private final Map<String, NamedContext> contexts = new LinkedHashMap<>();
    private final Map<String, String> hints = new HashMap<>();
    private final Map<String, Optional<String>> arguments = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final Map<String, Object> host = new LinkedHashMap<>();
    private String dockerfile = "Dockerfile";
    private Optional<String> remote = Optional.empty();
    private Optional<String> target = Optional.empty();
    private List<Platform> platforms = List.of();
    private Set<String> afresh = Set.of();
    private AttestationOptions attestations = AttestationOptions.NONE;
    private boolean dockerfileOfClient;
    private boolean useCache = true;
    private boolean pull;

    private FrontendOptions(CacheOptions caches, Session session, BuildTrace trace, SentContexts sent) {
        this.caches = caches;
        this.session = session;
        this.trace = trace;
        this.sent = sent;
    }

    /** A build that a client wants, and where its files come from. */
    record Asked(BuildRequest request, ContextSource context) {}

    /**
     * Reads them.
     *
     * @param names that the image will have
     * @param keep whether it stays here
     * @param caches as the request has them
     * @param sent what is here of clients' contexts
     * @throws IOException for what is malformed or refused
     */
    static Asked read(
            Map<String, String> options,
            List<String> names,
            boolean keep,
            CacheOptions caches,
            Session session,
            BuildTrace trace,
            SentContexts sent)
            throws IOException {
        FrontendOptions read = new FrontendOptions(caches, session, trace, sent);
        for (Map.Entry<String, String> option : options.entrySet()) {
            read.take(option.getKey(), option.getValue());
        }
        read.attestations = AttestationRequest.read(options);
        BuildRequest request = read.request(names, keep);
        return new Asked(request, read.source(request));
    }

    private BuildRequest request(List<String> names, boolean keep) throws GrpcException {
        boolean several = platforms.size() > 1;
        return new BuildRequest(
                dockerfile,
                remote,
                contexts,
                names,
                target,
                arguments,
                labels,
                several ? Optional.empty() : platforms.stream().findFirst(),
                useCache,
                afresh,
                pull,
                host,
                session::secret,
                session.agents(),
                date(),
                session::credentials,
                caches,
                new ResultOptions(keep, several ? platforms : List.of(), attestations));
    }

    /** The client's folders; an archive that it sends, or what an address has, where the Dockerfile may still be the client's. */
    private ContextSource source(BuildRequest request) {
        ContextSource ofClient = scratch -> new SessionContext(session, dockerfile, trace, scratch, sent);
        if (remote.isEmpty()) {
            return ofClient;
        }
        ContextSource elsewhere = remote.get().startsWith(UPLOADED)
                ? scratch -> {
                    try (InputStream archive = session.upload(remote.get().substring(UPLOADED.length() - 1))) {
                        BuildRequest local = request.at(Optional.empty());
                        return BuildRunner.context(local, archive).open(scratch);
                    }
                }
                : BuildRunner.context(request, InputStream.nullInputStream());
        return dockerfileOfClient ? new TwoContexts(ofClient, elsewhere) : elsewhere;
    }

    /**
     * What the options ask about the Dockerfile, in place of a build.
     *
     * @throws GrpcException UNIMPLEMENTED for what nobody can say
     */
    static Optional<Inquiry> inquiry(Map<String, String> options) throws GrpcException {
        String id = options.getOrDefault(INQUIRY, "");
        Optional<Inquiry> inquiry = Inquiry.called(id);
        if (inquiry.isEmpty() && !id.isEmpty()) {
            throw SolveRequest.unsupported("the subrequest " + id);
        }
        return inquiry;
    }

    private void take(String name, String value) throws IOException {
        switch (name) {
            case "filename" -> dockerfile = value;
            case "target" -> target = Optional.of(value).filter(stage -> !stage.isEmpty());
            case "context" -> remote = Optional.of(value);
            case "platform" -> platforms = platforms(value);
            case "no-cache" -> noCache(value);
            case "image-resolve-mode" -> pull = value.equals("pull");
            case "force-network-mode" -> host.put("NetworkMode", network(value));
            case "cgroup-parent" -> host.put("CgroupParent", value);
            case "add-hosts" -> host.put("ExtraHosts", hosts(value));
            case "shm-size" -> host.put("ShmSize", number(name, value));
            case "ulimit" -> host.put("Ulimits", limits(value));
            case "memory" -> host.put("Memory", number(name, value));
            case "memswap" -> host.put("MemorySwap", number(name, value));
            case "cpushares" -> host.put("CpuShares", number(name, value));
            case "cpuperiod" -> host.put("CpuPeriod", number(name, value));
            case "cpuquota" -> host.put("CpuQuota", number(name, value));
            case "cpusetcpus" -> host.put("CpusetCpus", value);
            case "cpusetmems" -> host.put("CpusetMems", value);
            case "contextkey" -> checkName(name, value, "context");
            case "dockerfilekey" -> {
                checkName(name, value, "dockerfile");
                dockerfileOfClient = true;
            }
            case "frontend.caps" -> checkCapabilities(value);
            // What is asked for, where files come from for attestations, and a result's form of one platform.
            case INQUIRY, "multi-platform", "vcs:source", "vcs:revision" -> {}
            default -> takeByPrefix(name, value);
        }
    }

    private static void checkName(String option, String value, String usual) throws GrpcException {
        if (!value.equals(usual)) {
            throw SolveRequest.unsupported("the frontend's option " + option + "=" + value);
        }
    }

    private void takeByPrefix(String name, String value) throws GrpcException {
        if (name.startsWith(ARGUMENT)) {
            arguments.put(name.substring(ARGUMENT.length()), Optional.of(value));
        } else if (name.startsWith(LABEL)) {
            labels.put(name.substring(LABEL.length()), value);
        } else if (name.startsWith(CONTEXT)) {
            String called = name.substring(CONTEXT.length());
            contexts.put(called, named(called, value));
        } else if (name.equals("cache-from") || name.equals("cache-imports")) {
            if (!value.isEmpty() && caches.from().isEmpty()) { // else the request has said so before
                throw SolveRequest.unsupported("the import of a build's cache that the frontend alone is told of");
            }
        } else if (name.startsWith(SHARED_KEY)) {
            hints.put(name.substring(SHARED_KEY.length()), value);
        } else if (!name.startsWith("vcs:localdir:") && !AttestationRequest.isOption(name)) {
            throw SolveRequest.unsupported("the frontend's option " + name);
        }
    }

    /** What a frontend has to understand, unless another could be asked in its place. */
    private static void checkCapabilities(String wanted) throws GrpcException {
        for (String capability : wanted.split(",")) {
            String[] parts = capability.split("\\+", 2);
            if (!capability.isEmpty() && !CAPABILITIES.contains(parts[0])) {
                throw new GrpcException(
                        GrpcException.Code.UNIMPLEMENTED, "unsupported frontend capability " + parts[0]);
            }
        }
    }

    /** A folder of the client's, an image, or an address. */
    private NamedContext named(String name, String value) throws GrpcException {
        String kind = value.substring(0, Math.max(0, value.indexOf(':')));
        return switch (kind) {
            case "local" -> {
                String directory = value.substring("local:".length());
                yield new NamedContext.OfFiles(scratch -> SessionContext.named(
                        session, name, directory, hints.getOrDefault(name, ""), trace, scratch, sent));
            }
            case "docker-image" ->
                new NamedContext.OfImage(
                        value.substring("docker-image:".length()).replaceFirst("^//", ""));
            case "oci-layout" -> new NamedContext.OfLayout(SessionLayout.of(session, name, value));
            case "input" -> throw SolveRequest.unsupported("the build context " + name + "=" + value);
            default -> new NamedContext.OfAddress(value);
        };
    }

    private static List<Platform> platforms(String value) throws IOException {
        Set<Platform> platforms = new LinkedHashSet<>();
        for (String platform : value.split(",")) {
            if (!platform.isEmpty()) {
                platforms.add(Platform.parse(platform));
            }
        }
        return List.copyOf(platforms);
    }

    /** The cache is used for no stage, or for all but some. */
    private void noCache(String value) {
        useCache = !value.isEmpty();
        afresh = value.isEmpty() ? Set.of() : new HashSet<>(List.of(value.split(",")));
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
