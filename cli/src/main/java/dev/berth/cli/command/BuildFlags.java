package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.build.BuildContext;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The flags of a build from a Dockerfile, and what they are in the query of {@code POST /build}. */
final class BuildFlags {
    private static final String DATE = "SOURCE_DATE_EPOCH";

    static final List<Flag> ALL = List.of(
            Flag.list("add-host", "", "Add a custom host-to-IP mapping (format: \"host:ip\")"),
            Flag.list(
                    "annotation",
                    "",
                    "Add annotation to the image that is pushed or written (e.g., \"index:key=value\")"),
            Flag.list("allow", "", "Allow extra privileged entitlement (\"network.host\")"),
            Flag.list("build-arg", "", "Set build-time variables"),
            Flag.list("build-context", "", "Additional build contexts (e.g., name=path)"),
            Flag.list("cache-from", "", "External cache sources (format: \"image\", \"type=local,src=path/to/dir\")"),
            Flag.list("cache-to", "", "Cache export destinations (format: \"type=registry,ref=image,mode=max\")"),
            Flag.text("call", "", "Set method for evaluating build (\"check\", \"outline\", \"targets\")"),
            Flag.text("cgroup-parent", "", "Set the parent cgroup for the \"RUN\" instructions during build"),
            Flag.flag("check", "", "Shorthand for \"--call=check\""),
            Flag.number("cpu-period", "", "Limit the CPU CFS (Completely Fair Scheduler) period"),
            Flag.number("cpu-quota", "", "Limit the CPU CFS (Completely Fair Scheduler) quota"),
            Flag.number("cpu-shares", "c", "CPU shares (relative weight)"),
            Flag.text("cpuset-cpus", "", "CPUs in which to allow execution (0-3, 0,1)"),
            Flag.text("cpuset-mems", "", "MEMs in which to allow execution (0-3, 0,1)"),
            Flag.text("file", "f", "Name of the Dockerfile (default: \"PATH/Dockerfile\")"),
            Flag.flag("force-rm", "", "Always remove intermediate containers"),
            Flag.text("iidfile", "", "Write the image ID to a file"),
            Flag.list("label", "", "Set metadata for an image"),
            Flag.flag("load", "", "Keep the image in the daemon: shorthand for \"--output=type=docker\""),
            Flag.text("memory", "m", "Memory limit"),
            Flag.text("memory-swap", "", "Swap limit equal to memory plus swap: -1 to enable unlimited swap"),
            Flag.text("metadata-file", "", "Write build result metadata to a file"),
            Flag.text("network", "", "Set the networking mode for the \"RUN\" instructions during build"),
            Flag.flag("no-cache", "", "Do not use cache when building the image"),
            Flag.list("no-cache-filter", "", "Do not cache specified stages"),
            Flag.list("output", "o", "Output destination (format: \"type=local,dest=path\")"),
            Flag.list("platform", "", "Set the platforms that the image is for"),
            Flag.text(
                    "progress",
                    "",
                    "Set type of progress output (\"auto\", \"plain\", \"tty\", \"quiet\", \"rawjson\")"),
            Flag.flag("pull", "", "Always attempt to pull all referenced images"),
            Flag.flag("push", "", "Push the image by each of its tags: shorthand for \"--output=type=registry\""),
            Flag.flag("quiet", "q", "Suppress the build output and print image ID on success"),
            Flag.flag("rm", "", "Remove intermediate containers after a successful build (default true)"),
            Flag.list(
                    "secret",
                    "",
                    "Secret to expose to the build (format: \"id=mysecret[,src=/local/secret|env=NAME]\")"),
            Flag.list("security-opt", "", "Security options"),
            Flag.text("shm-size", "", "Shared memory size for build containers"),
            Flag.list("ssh", "", "SSH agent socket to expose to the build (format: \"default|<id>[=<socket>]\")"),
            Flag.list("tag", "t", "Name and optionally a tag (format: \"name:tag\")"),
            Flag.text("target", "", "Set the target build stage to build"),
            Flag.list("ulimit", "", "Ulimit options"));

    /** What Docker has and this builder has not, which is said rather than not done. */
    static final List<Flag> ABSENT = List.of(
            Flag.text(
                    "builder",
                    "",
                    "Override the configured builder instance (not supported: the daemon is the builder)"),
            Flag.text("isolation", "", "Container isolation technology (Windows only)"),
            Flag.flag("compress", "", "Compress the build context using gzip (not supported)"),
            Flag.flag("squash", "", "Squash newly built layers into a single new layer (not supported)"));

    private final Flags flags;
    private final Function<String, Optional<String>> environment;

    BuildFlags(Flags flags, Function<String, Optional<String>> environment) {
        this.flags = flags;
        this.environment = environment;
    }

    /** Of these, a build of a jar has what is not about steps. */
    private static final Set<String> OF_JARS_TOO =
            Set.of("iidfile", "label", "load", "output", "platform", "quiet", "tag");

    /** @throws CliException for what a build of a jar does not take */
    static void checkForJar(Flags flags) {
        Stream.of(ALL, ABSENT, BuildAttestations.FLAGS)
                .flatMap(List::stream)
                .map(Flag::name)
                .filter(name -> flags.isSet(name) && !OF_JARS_TOO.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new CliException(
                            "--" + name + " is for builds from Dockerfiles: it cannot be used with --jar");
                });
    }

    /** @throws CliException for what this builder cannot do */
    void check() {
        for (Flag flag : JarBuild.FLAGS) {
            if (flags.isSet(flag.name())) {
                throw new CliException("--" + flag.name() + " can only be used with --jar");
            }
        }
        for (String entitlement : flags.list("allow")) {
            if (!entitlement.equals("network.host")) { // which every build has
                throw new CliException("--allow " + entitlement + ": this builder grants no such entitlement");
            }
        }
        if (flags.has("no-cache") && flags.isSet("no-cache-filter")) {
            throw new CliException("--no-cache and --no-cache-filter cannot currently be used together");
        }
        for (Flag flag : ABSENT) {
            Optional<String> value = flags.text(flag.name());
            boolean nothingAsked = value.isEmpty()
                    || value.get().equals("false")
                    || flag.name().equals("isolation") && value.get().equals("default")
                    || flag.name().equals("builder") && value.get().equals("default");
            if (!nothingAsked) {
                throw new CliException("--" + flag.name() + " is not supported by this builder: build without it");
            }
        }
    }

    /** The query, with its question mark. */
    String query(BuildContext source, BuildOutputs outputs) {
        Query query = new Query();
        query.add("dockerfile", source.dockerfile());
        query.add("remote", source.remote().orElse(""));
        query.addAll("t", outputs.names());
        query.add("keep", outputs.isKept() ? "" : "0");
        query.add("result", "1");
        query.add("target", flags.text("target", ""));
        query.add("buildargs", arguments().isEmpty() ? "" : Json.text(arguments()));
        Map<String, String> labels = Values.map(flags.list("label"));
        query.add("labels", labels.isEmpty() ? "" : Json.text(labels));
        query.add("platform", String.join(",", flags.list("platform")));
        query.add("nocache", flags.has("no-cache") ? "1" : "");
        query.addAll(
                "nocachefilter",
                flags.list("no-cache-filter").stream()
                        .flatMap(stages -> Stream.of(stages.split(",")))
                        .toList());
        query.add("pull", flags.has("pull") ? "1" : "");
        query.add("rm", flags.has("rm", true) ? "1" : "0");
        query.add("forcerm", flags.has("force-rm") ? "1" : "");
        BuildAttestations.add(query, flags);
        addLimits(query);
        return query.text();
    }

    /** Those that are given; one without a value has ours, and takes the Dockerfile's away where we have none. */
    private Map<String, @Nullable Object> arguments() {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        environment.apply(DATE).filter(date -> !date.isEmpty()).ifPresent(date -> arguments.put(DATE, date));
        for (String argument : flags.list("build-arg")) {
            int equals = argument.indexOf('=');
            if (equals == 0 || argument.isEmpty()) {
                throw Values.invalid(argument, "build-arg", "invalid environment variable: " + argument);
            }
            if (equals < 0) {
                arguments.put(argument, environment.apply(argument).orElse(null));
            } else {
                arguments.put(argument.substring(0, equals), argument.substring(equals + 1));
            }
        }
        return arguments;
    }

    private void addLimits(Query query) {
        query.add("networkmode", flags.text("network", ""));
        query.add("cgroupparent", flags.text("cgroup-parent", ""));
        query.add("cpusetcpus", flags.text("cpuset-cpus", ""));
        query.add("cpusetmems", flags.text("cpuset-mems", ""));
        addNumber(query, "cpushares", "cpu-shares");
        addNumber(query, "cpuperiod", "cpu-period");
        addNumber(query, "cpuquota", "cpu-quota");
        addSize(query, "memory", "memory");
        addSize(query, "memswap", "memory-swap");
        addSize(query, "shmsize", "shm-size");
        List<String> hosts =
                flags.list("add-host").stream().map(BuildFlags::host).toList();
        query.add("extrahosts", hosts.isEmpty() ? "" : Json.text(hosts));
        List<Map<String, @Nullable Object>> ulimits =
                flags.list("ulimit").stream().map(ResourceBody::ulimit).toList();
        query.add("ulimits", ulimits.isEmpty() ? "" : Json.text(ulimits));
        List<String> security = flags.list("security-opt");
        query.add("securityopt", security.isEmpty() ? "" : Json.text(security));
    }

    private void addNumber(Query query, String name, String flag) {
        flags.number(flag).ifPresent(number -> query.add(name, Long.toString(number)));
    }

    private void addSize(Query query, String name, String flag) {
        flags.text(flag)
                .ifPresent(text -> query.add(name, text.equals("-1") ? text : Long.toString(Values.bytes(text, flag))));
    }

    /** {@code name=address} is as good as {@code name:address}. */
    private static String host(String text) {
        int equals = text.indexOf('=');
        int colon = text.indexOf(':');
        if (equals < 0 && colon < 0) {
            throw Values.invalid(text, "add-host", "bad format for add-host: \"" + text + "\"");
        }
        return equals > 0 && (colon < 0 || equals < colon)
                ? text.substring(0, equals) + ":" + text.substring(equals + 1)
                : text;
    }
}
