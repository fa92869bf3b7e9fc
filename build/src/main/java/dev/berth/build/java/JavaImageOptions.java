package dev.berth.build.java;

import dev.berth.engine.spec.Environment;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an image of a Java application is given. Where an option says nothing, what the base has counts.
 *
 * @param mainClass instead of the manifest's
 * @param jvmFlags behind {@code java}, each one word beginning with a dash
 * @param arguments of the application, which whoever runs the image can replace
 * @param env {@code NAME=value}, beside the base's and instead of those of the same name
 * @param labels beside the base's
 * @param exposedPorts {@code 8080} or {@code 8080/tcp}, beside the base's
 * @param user name or number, with a group behind a colon; empty for the base's
 * @param workingDir absolute; empty for the base's
 * @param platform that the base must be for
 * @param sourceDate the time of the image and all of its files, as SOURCE_DATE_EPOCH has it; without it the image is of
 *     1970, its files of one second later: some programs take a file of time zero for a missing one
 */
public record JavaImageOptions(
        Optional<String> mainClass,
        List<String> jvmFlags,
        List<String> arguments,
        List<String> env,
        Map<String, String> labels,
        List<String> exposedPorts,
        String user,
        String workingDir,
        Optional<Platform> platform,
        Optional<Instant> sourceDate) {
    /** Nothing beside what the application says itself. */
    public static final JavaImageOptions DEFAULT = new JavaImageOptions(
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            List.of(),
            "",
            "",
            Optional.empty(),
            Optional.empty());

    private static final Pattern PORT = Pattern.compile("(\\d{1,5})(?:/(tcp|udp|sctp))?");
    private static final int LAST_PORT = 65535;

    public JavaImageOptions {
        jvmFlags = List.copyOf(jvmFlags);
        arguments = List.copyOf(arguments);
        env = List.copyOf(env);
        labels = Map.copyOf(labels);
        exposedPorts = List.copyOf(exposedPorts);
    }

    /** When the image was made. */
    Instant created() {
        return sourceDate.orElse(Instant.EPOCH);
    }

    /** When its files were. */
    Instant time() {
        return sourceDate.orElse(Instant.EPOCH.plusSeconds(1));
    }

    /**
     * What containers of the image start with.
     *
     * @param baseEnv the base's variables
     * @throws ImageException BAD_REQUEST where an option is malformed
     */
    ContainerConfig config(ContainerConfig base, List<String> baseEnv, Application application) throws ImageException {
        check();
        List<String> command = new ArrayList<>(List.of("java"));
        command.addAll(application.jvmFlags());
        command.addAll(jvmFlags);
        command.add("-cp");
        command.add(String.join(":", application.classPath()));
        command.add(application.mainClass());
        Map<String, String> allLabels = new TreeMap<>(base.labels());
        allLabels.putAll(labels);
        TreeSet<String> ports = new TreeSet<>(base.exposedPorts());
        for (String port : exposedPorts) {
            ports.add(port(port));
        }
        return new ContainerConfig(
                base.hostname(),
                base.domainname(),
                user.isEmpty() ? base.user() : user,
                false,
                false,
                false,
                false,
                false,
                false,
                Environment.over(baseEnv, env),
                arguments,
                command,
                List.copyOf(ports),
                base.volumes(),
                workingDir.isEmpty() ? base.workingDir() : workingDir,
                allLabels,
                base.healthcheck(),
                false,
                List.of(), // the base's were meant for this image's making, which knows no instructions
                base.stopSignal(),
                base.stopTimeoutSeconds(),
                base.shell(),
                "",
                "",
                base.networkDisabled());
    }

    private void check() throws ImageException {
        for (String flag : jvmFlags) {
            refuse(!flag.startsWith("-"), "the JVM flag \"" + flag + "\" does not begin with a dash");
        }
        for (String variable : env) {
            refuse(variable.indexOf('=') <= 0, "the environment variable \"" + variable + "\" is not NAME=value");
        }
        for (String label : labels.keySet()) {
            refuse(label.isEmpty(), "a label has no name");
        }
        refuse(
                !workingDir.isEmpty() && !workingDir.startsWith("/"),
                "the working directory \"" + workingDir + "\" is not an absolute path");
    }

    private static String port(String text) throws ImageException {
        Matcher port = PORT.matcher(text);
        boolean valid =
                port.matches() && Integer.parseInt(port.group(1)) >= 1 && Integer.parseInt(port.group(1)) <= LAST_PORT;
        refuse(!valid, "\"" + text + "\" is not a port to expose, such as 8080 or 53/udp");
        return Integer.parseInt(port.group(1)) + "/" + (port.group(2) == null ? "tcp" : port.group(2));
    }

    private static void refuse(boolean wrong, String sentence) throws ImageException {
        if (wrong) {
            throw new ImageException(ImageException.Kind.BAD_REQUEST, sentence);
        }
    }
}
