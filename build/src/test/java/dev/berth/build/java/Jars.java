package dev.berth.build.java;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Jars of real classes, in any order of their entries and of any time. */
final class Jars {
    private static final long SOME_TIME_MILLIS = 1_700_000_000_000L;

    /** What was compiled already, by the class's name: the compiler is the slowest part of these tests. */
    private static final Map<String, Map<String, byte[]>> GREETERS = new ConcurrentHashMap<>();

    private Jars() {}

    /** Compiles classes; gives the class files by their names. */
    static Map<String, byte[]> compile(Path scratch, Map<String, String> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try {
            Path folder = Files.createTempDirectory(scratch, "compile");
            List<String> arguments =
                    new ArrayList<>(List.of("-d", folder.resolve("out").toString(), "--release", "17"));
            for (Map.Entry<String, String> source : sources.entrySet()) {
                Path file = folder.resolve(source.getKey().replace('.', '/') + ".java");
                Files.createDirectories(file.resolveSibling("."));
                Files.writeString(file, source.getValue());
                arguments.add(file.toString());
            }
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            if (compiler.run(null, errors, errors, arguments.toArray(String[]::new)) != 0) {
                throw new AssertionError(errors.toString(StandardCharsets.UTF_8));
            }
            Map<String, byte[]> classes = new LinkedHashMap<>();
            try (var files = Files.walk(folder.resolve("out"))) {
                for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                    classes.put(folder.resolve("out").relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A class that prints, in this package. */
    static Map<String, byte[]> greeter(Path scratch, String className) {
        int dot = className.lastIndexOf('.');
        String text = (dot < 0 ? "" : "package " + className.substring(0, dot) + ";\n") + "public class "
                + className.substring(dot + 1)
                + " { public static void main(String[] args) { System.out.println(\"hello of \" + "
                + className.substring(dot + 1) + ".class.getName()); } }";
        return new LinkedHashMap<>(GREETERS.computeIfAbsent(className, name -> compile(scratch, Map.of(name, text))));
    }

    static String manifest(String... lines) {
        return "Manifest-Version: 1.0\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
    }

    static Map<String, byte[]> with(Map<String, byte[]> files, String name, String text) {
        Map<String, byte[]> more = new LinkedHashMap<>(files);
        more.put(name, text.getBytes(StandardCharsets.UTF_8));
        return more;
    }

    static byte[] jar(Map<String, byte[]> files) {
        return jar(files, new Random(0));
    }

    /** A jar whose entries' order and times are chance. */
    static byte[] jar(Map<String, byte[]> files, Random chance) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<String> names = new ArrayList<>(files.keySet());
        Collections.shuffle(names, chance);
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                ZipEntry entry = new ZipEntry(name);
                entry.setTime(SOME_TIME_MILLIS + chance.nextInt());
                zip.putNextEntry(entry);
                zip.write(files.getOrDefault(name, new byte[0]));
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Path write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(bytes);
        }
        return file;
    }
}
