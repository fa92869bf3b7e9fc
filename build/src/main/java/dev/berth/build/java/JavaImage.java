package dev.berth.build.java;

import dev.berth.engine.state.Trees;
import dev.berth.image.archive.Assembly;
import dev.berth.image.layer.LayerBlob;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.History;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * An image of a Java application, made without a Dockerfile and without any right: layers of dependencies, resources and
 * classes on a base. The same application, base and options give the same image, byte for byte, whenever and wherever,
 * and in whatever order the application's files come.
 *
 * <pre>{@code
 * images.make(List.of("shop:1"), new JavaImage(JavaSource.of(jar), base, JavaImageOptions.DEFAULT, scratch, line -> {}));
 * }</pre>
 */
public final class JavaImage implements Assembly.Recipe {
    private static final String MADE_BY = "berth build --jar";
    private static final int STICKY_FOR_ALL = 01777;
    private static final int OWNERS_ALONE = 0700;

    private final JavaSource source;
    private final JavaBase base;
    private final JavaImageOptions options;
    private final Path scratch;
    private final Consumer<String> progress;
    private final JavaLimits limits = JavaLimits.DEFAULT;

    /**
     * To be made.
     *
     * @param scratch a folder for what is needed meanwhile; all of it is removed again
     * @param progress told in sentences what is being done
     */
    public JavaImage(
            JavaSource source, JavaBase base, JavaImageOptions options, Path scratch, Consumer<String> progress) {
        this.source = source;
        this.base = base;
        this.options = options;
        this.scratch = scratch;
        this.progress = progress;
    }

    /**
     * Makes it.
     *
     * @throws ImageException NOT_FOUND, INVALID, TOO_LARGE, BAD_REQUEST, UNAVAILABLE, NO_MATCHING_PLATFORM, NO_SPACE
     */
    @Override
    public Assembly.Result make(Assembly assembly) throws IOException {
        Path work = Files.createTempDirectory(scratch, "java-image-");
        try (Application application = Application.open(source, options.mainClass(), limits)) {
            ApplicationClasses classes = new ApplicationClasses(application, work, limits);
            classes.checkMainClass();
            progress.accept("Application " + application.mainClass() + ": " + application.kind());
            return switch (base) {
                case JavaBase.OnImage(var image) -> {
                    checkPlatform(image.config().platform());
                    assembly.beginWith(image);
                    ContainerConfig config = options.config(
                            image.config().config(), image.config().config().env(), application);
                    yield finish(assembly, application, image.config().platform(), config);
                }
                case JavaBase.Runtime(var modules, var made) -> {
                    checkPlatform(Platform.host());
                    ContainerConfig config = options.config(ContainerConfig.EMPTY, JlinkRuntime.env(), application);
                    addRuntime(assembly, modules(classes, new TreeSet<>(modules)), made, work.resolve("runtime"));
                    yield finish(assembly, application, Platform.host(), config);
                }
            };
        } finally {
            Trees.delete(work);
        }
    }

    private void checkPlatform(Platform actual) throws ImageException {
        if (options.platform().isPresent() && !options.platform().get().accepts(actual)) {
            throw new ImageException(
                    ImageException.Kind.NO_MATCHING_PLATFORM,
                    "the base is for " + actual + ", and not for "
                            + options.platform().get()
                            + (base instanceof JavaBase.Runtime ? ": name a base for it with --base" : ""));
        }
    }

    private static SortedSet<String> modules(ApplicationClasses classes, SortedSet<String> further) throws IOException {
        for (String module : further) {
            if (ModuleFinder.ofSystem().find(module).isEmpty()) {
                throw new ImageException(
                        ImageException.Kind.BAD_REQUEST, "the Java that runs here has no module " + module);
            }
        }
        ApplicationClasses.Needs needs = classes.needs();
        int here = Runtime.version().feature();
        if (needs.javaVersion() > here) {
            throw ImageException.invalid("the application needs Java " + needs.javaVersion()
                    + ", and the runtime would be made of Java " + here
                    + ": run Berth by a newer JDK, or name a base with --base");
        }
        further.addAll(needs.modules());
        return further;
    }

    private void addRuntime(Assembly assembly, SortedSet<String> modules, JavaRuntimes made, Path folder)
            throws IOException {
        String list = String.join(", ", modules);
        History system = step("the C library of the building host");
        History java = step("Java runtime with " + list);
        Optional<JavaRuntimes.Layers> before = made.find(modules, options.time(), assembly.content());
        progress.accept("Runtime of Java " + Runtime.version().feature() + " with " + list
                + (before.isPresent() ? ": as before" : ""));
        if (before.isPresent()) {
            assembly.addLayer(before.get().system(), system);
            assembly.addLayer(before.get().java(), java);
            return;
        }
        JlinkRuntime runtime = JlinkRuntime.make(folder, modules, progress);
        Map<Path, String> stamps = JavaRuntimes.stamps(runtime.sources());
        LayerBlob systemLayer = assembly.addLayer(
                new LayerFiles(runtime.system(), true, options.time())
                        .withFolder("tmp", STICKY_FOR_ALL)
                        .withFolder("root", OWNERS_ALONE),
                system);
        LayerBlob javaLayer = assembly.addLayer(new LayerFiles(runtime.java(), true, options.time()), java);
        made.keep(modules, options.time(), new JavaRuntimes.Layers(systemLayer, javaLayer), stamps);
    }

    private Assembly.Result finish(
            Assembly assembly, Application application, Platform platform, ContainerConfig config) throws IOException {
        for (Part part : application.parts()) {
            int files = part.files().size();
            progress.accept("Layer " + part.name() + ": " + files + (files == 1 ? " file" : " files"));
            assembly.addLayer(new LayerFiles(part.files(), false, options.time()), step(part.name()));
        }
        return assembly.finish(options.created(), platform, config);
    }

    private History step(String comment) {
        return new History(options.created().toString(), "", MADE_BY, comment, false);
    }
}
