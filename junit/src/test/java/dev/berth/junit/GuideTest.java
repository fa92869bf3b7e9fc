package dev.berth.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The examples in Java of the guide and of Javadoc: all of them are compiled as they stand there, and those that need no others' images run. */
@LeavesNothingBehind
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuideTest {
    private static final Pattern BLOCK = Pattern.compile("(<!-- runs -->\n)?```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SNIPPET =
            Pattern.compile("\\{@snippet :\n(.*?)\n \\* }\n(?= \\*\n| \\*/)", Pattern.DOTALL);
    private static final String IMPORTS = """
            import dev.berth.embedded.*;
            import dev.berth.junit.*;
            import java.net.URI;
            import java.nio.file.*;
            import java.time.Duration;
            import org.junit.jupiter.api.*;
            """;

    @TempDir
    private Path directory;

    /**
     * An example.
     *
     * @param name of the class that it is, or is put into
     * @param isTest whether it is a class with tests, and not statements
     */
    private record Example(String name, String source, boolean runs, boolean isTest) {}

    private static List<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(Path.of("../docs/EMBEDDED.md"))
                + snippets(Path.of("src/main/java/dev/berth/junit/package-info.java"))
                + snippets(Path.of("../embedded/src/main/java/dev/berth/embedded/Services.java")));
        while (block.find()) {
            boolean runs = block.group(1) != null;
            Matcher declared = Pattern.compile("(?m)^class (\\w+)").matcher(block.group(2));
            if (declared.find()) {
                examples.add(new Example(declared.group(1), IMPORTS + block.group(2), runs, true));
            } else {
                String name = "Example" + examples.size();
                String source = "%spublic class %s {%n public static void main(String[] args) throws Exception {%n%s}}"
                        .formatted(IMPORTS, name, block.group(2));
                examples.add(new Example(name, source, runs, false));
            }
        }
        return examples;
    }

    /** The examples of a file's Javadoc, as the guide would have them. */
    private static String snippets(Path file) throws IOException {
        StringBuilder found = new StringBuilder();
        Matcher snippet = SNIPPET.matcher(Files.readString(file));
        while (snippet.find()) {
            found.append("```java\n")
                    .append(snippet.group(1).replaceAll("(?m)^ \\* ?", ""))
                    .append("\n```\n");
        }
        assertThat(found).as(file.toString()).isNotEmpty();
        return found.toString();
    }

    private void compile(List<Example> examples) {
        List<JavaFileObject> sources = new ArrayList<>();
        for (Example example : examples) {
            URI uri = URI.create("string:///" + example.name() + ".java");
            sources.add(new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return example.source();
                }
            });
        }
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("-cp", System.getProperty("java.class.path"), "-proc:none", "-d", directory.toString());
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(messages, null, null, options, null, sources)
                .call();
        assertThat(compiled).as(messages.toString()).isTrue();
    }

    @Test
    void allExamplesCompile() throws IOException {
        List<Example> examples = examples();
        assertThat(examples).extracting(Example::isTest).contains(true, false);
        compile(examples);
    }

    @Test
    @Needs({Need.ROOT, Need.BUSYBOX})
    void examplesRunInAJvmOfTheirOwn() throws Exception {
        Box.make(directory.resolve("cache"), directory, "busybox");
        List<Example> examples = examples();
        compile(examples);
        for (Example example : examples) {
            if (example.runs() && !example.isTest()) {
                ProcessBuilder java = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                directory + ":" + System.getProperty("java.class.path"),
                                example.name())
                        .redirectErrorStream(true);
                java.environment().put("BERTH_CACHE", directory.resolve("cache").toString());
                Process process = java.start();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(process.waitFor()).as(example.source() + output).isZero();
                assertThat(output).isNotBlank();
            }
        }
    }

    @Test
    @Needs({Need.ROOT, Need.BUSYBOX})
    void examplesOfTestsSucceed() throws Exception {
        Box.make(directory.resolve("cache"), directory, "busybox");
        List<Example> examples = examples();
        compile(examples);
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            for (Example example : examples) {
                if (example.isTest() && example.runs()) {
                    EngineTestKit.engine("junit-jupiter")
                            .configurationParameter(
                                    "berth.cache", directory.resolve("cache").toString())
                            .selectors(selectClass(loader.loadClass(example.name())))
                            .execute()
                            .testEvents()
                            .assertStatistics(events -> events.started(2).succeeded(2));
                }
            }
        }
    }
}
