package dev.berth.engine.spec;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HealthConfig;
import dev.berth.image.oci.Healthcheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What a container is, from what was asked for and what its image says; as Docker merges them. */
public final class ConfigMerge {
    private ConfigMerge() {}

    /** The request, with the image's word where it says nothing. */
    public static ContainerConfig merge(
            ContainerConfig asked, dev.berth.image.oci.ContainerConfig image, String hostname) {
        boolean ownCommand = !asked.entrypoint().isEmpty();
        List<String> entrypoint = ownCommand ? asked.entrypoint() : image.entrypoint();
        List<String> cmd = ownCommand || !asked.cmd().isEmpty() ? asked.cmd() : image.cmd();
        return new ContainerConfig(
                asked.hostname().isEmpty() ? hostname : asked.hostname(),
                asked.domainname(),
                or(asked.user(), image.user()),
                asked.attachStdin(),
                asked.attachStdout(),
                asked.attachStderr(),
                union(image.exposedPorts(), asked.exposedPorts()),
                asked.tty(),
                asked.openStdin(),
                asked.stdinOnce(),
                Environment.over(image.env(), asked.env()),
                cmd,
                health(asked.healthcheck(), image.healthcheck()),
                asked.argsEscaped(),
                asked.image(),
                union(image.volumes(), asked.volumes()),
                or(asked.workingDir(), image.workingDir()),
                entrypoint.equals(List.of("")) ? List.of() : entrypoint, // how a client asks for none
                asked.networkDisabled(),
                asked.macAddress(),
                asked.onBuild(),
                labels(image.labels(), asked.labels()),
                or(asked.stopSignal(), image.stopSignal()),
                asked.stopTimeout().isPresent() ? asked.stopTimeout() : seconds(image.stopTimeoutSeconds()),
                asked.shell().isEmpty() ? image.shell() : asked.shell());
    }

    /** A container's configuration as that of an image. What belongs to one container alone is left out. */
    public static dev.berth.image.oci.ContainerConfig toImage(ContainerConfig config) {
        return new dev.berth.image.oci.ContainerConfig(
                "",
                config.domainname(),
                config.user(),
                config.attachStdin(),
                config.attachStdout(),
                config.attachStderr(),
                config.tty(),
                config.openStdin(),
                config.stdinOnce(),
                config.env(),
                config.cmd(),
                config.entrypoint(),
                List.copyOf(config.exposedPorts()),
                List.copyOf(config.volumes()),
                config.workingDir(),
                config.labels(),
                config.healthcheck().map(ConfigMerge::toImage),
                config.argsEscaped(),
                config.onBuild(),
                config.stopSignal(),
                config.stopTimeout().isPresent()
                        ? Optional.of((long) config.stopTimeout().getAsInt())
                        : Optional.empty(),
                config.shell(),
                config.image(),
                config.macAddress(),
                config.networkDisabled());
    }

    private static Healthcheck toImage(HealthConfig health) {
        return new Healthcheck(
                health.test(),
                Duration.ofNanos(health.interval()),
                Duration.ofNanos(health.timeout()),
                Duration.ofNanos(health.startPeriod()),
                Duration.ofNanos(health.startInterval()),
                health.retries());
    }

    private static String or(String asked, String image) {
        return asked.isEmpty() ? image : asked;
    }

    private static Set<String> union(List<String> image, Set<String> asked) {
        Set<String> all = new LinkedHashSet<>(image);
        all.addAll(asked);
        return all;
    }

    private static Map<String, String> labels(Map<String, String> image, Map<String, String> asked) {
        Map<String, String> all = new LinkedHashMap<>(image);
        all.putAll(asked);
        return all;
    }

    private static OptionalInt seconds(Optional<Long> timeout) {
        return timeout.map(seconds -> OptionalInt.of(Math.clamp(seconds, -1, Integer.MAX_VALUE)))
                .orElse(OptionalInt.empty());
    }

    private static Optional<HealthConfig> health(Optional<HealthConfig> asked, Optional<Healthcheck> image) {
        if (image.isEmpty()) {
            return asked;
        }
        Healthcheck base = image.get();
        HealthConfig own = asked.orElse(new HealthConfig(List.of(), 0, 0, 0, 0, 0));
        List<String> test = new ArrayList<>(own.test().isEmpty() ? base.test() : own.test());
        return Optional.of(new HealthConfig(
                test,
                own.interval() == 0 ? base.interval().toNanos() : own.interval(),
                own.timeout() == 0 ? base.timeout().toNanos() : own.timeout(),
                own.startPeriod() == 0 ? base.startPeriod().toNanos() : own.startPeriod(),
                own.startInterval() == 0 ? base.startInterval().toNanos() : own.startInterval(),
                own.retries() == 0 ? base.retries() : own.retries()));
    }
}
