package dev.berth.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An image to be made of a Java application, without a Dockerfile. The same application gives the same image, byte for byte.
 *
 * @param jar a jar, or a folder of classes
 * @param libraries jars that are put on the class path, behind those that the jar's manifest names
 * @param names that the image is given
 * @param base an image with a {@code java} on its path; empty for a runtime that is made of the JDK that runs this
 * @param modules of the JDK that such a runtime has beside those that the classes are seen to use
 * @param mainClass instead of the manifest's
 * @param jvmFlags behind {@code java}
 * @param arguments of the application, which whoever runs the image can replace
 * @param env variables of the environment
 * @param labels of the image
 * @param ports that the application listens on: {@code 8080}, {@code 53/udp}
 * @param user name or number, with a group behind a colon
 * @param output told in sentences what is being done
 */
public record JarSpec(
        Path jar,
        List<Path> libraries,
        List<String> names,
        Optional<String> base,
        List<String> modules,
        Optional<String> mainClass,
        List<String> jvmFlags,
        List<String> arguments,
        Map<String, String> env,
        Map<String, String> labels,
        List<String> ports,
        Optional<String> user,
        Consumer<String> output) {
    public JarSpec {
        libraries = List.copyOf(libraries);
        names = List.copyOf(names);
        modules = List.copyOf(modules);
        jvmFlags = List.copyOf(jvmFlags);
        arguments = List.copyOf(arguments);
        env = Map.copyOf(env);
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
    }

    /** Of a jar, or a folder of classes, as its manifest says. */
    public static JarSpec of(Path jar) {
        return new JarSpec(
                jar,
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                _ -> {});
    }

    /** With libraries on its class path. */
    public JarSpec libraries(List<Path> jars) {
        return new JarSpec(
                jar, jars, names, base, modules, mainClass, jvmFlags, arguments, env, labels, ports, user, output);
    }

    /** With one more name. */
    public JarSpec name(String name) {
        List<String> more = new ArrayList<>(names);
        more.add(name);
        return new JarSpec(
                jar, libraries, more, base, modules, mainClass, jvmFlags, arguments, env, labels, ports, user, output);
    }

    /** On an image with a {@code java} on its path. */
    public JarSpec base(String image) {
        Optional<String> other = Optional.of(image);
        return new JarSpec(
                jar, libraries, names, other, modules, mainClass, jvmFlags, arguments, env, labels, ports, user,
                output);
    }

    /** With modules of the JDK that the classes only name at run time. */
    public JarSpec modules(String... more) {
        List<String> all = List.of(more);
        return new JarSpec(
                jar, libraries, names, base, all, mainClass, jvmFlags, arguments, env, labels, ports, user, output);
    }

    /** Beginning with this class. */
    public JarSpec mainClass(String name) {
        Optional<String> main = Optional.of(name);
        return new JarSpec(
                jar, libraries, names, base, modules, main, jvmFlags, arguments, env, labels, ports, user, output);
    }

    /** With flags behind {@code java}. */
    public JarSpec jvmFlags(String... flags) {
        List<String> all = List.of(flags);
        return new JarSpec(
                jar, libraries, names, base, modules, mainClass, all, arguments, env, labels, ports, user, output);
    }

    /** With arguments of the application. */
    public JarSpec arguments(String... words) {
        List<String> all = List.of(words);
        return new JarSpec(
                jar, libraries, names, base, modules, mainClass, jvmFlags, all, env, labels, ports, user, output);
    }

    /** With a variable of the environment. */
    public JarSpec env(String variable, String value) {
        Map<String, String> more = with(env, variable, value);
        return new JarSpec(
                jar, libraries, names, base, modules, mainClass, jvmFlags, arguments, more, labels, ports, user,
                output);
    }

    /** With a label. */
    public JarSpec label(String key, String value) {
        Map<String, String> more = with(labels, key, value);
        return new JarSpec(
                jar, libraries, names, base, modules, mainClass, jvmFlags, arguments, env, more, ports, user, output);
    }

    /** Listening on these ports. */
    public JarSpec ports(String... numbers) {
        List<String> all = List.of(numbers);
        return new JarSpec(
                jar, libraries, names, base, modules, mainClass, jvmFlags, arguments, env, labels, all, user, output);
    }

    /** As this user. */
    public JarSpec user(String name) {
        Optional<String> other = Optional.of(name);
        return new JarSpec(
                jar, libraries, names, base, modules, mainClass, jvmFlags, arguments, env, labels, ports, other,
                output);
    }

    /** Telling what is being done. */
    public JarSpec output(Consumer<String> told) {
        return new JarSpec(
                jar, libraries, names, base, modules, mainClass, jvmFlags, arguments, env, labels, ports, user, told);
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> larger = new LinkedHashMap<>(map);
        larger.put(key, value);
        return larger;
    }
}
