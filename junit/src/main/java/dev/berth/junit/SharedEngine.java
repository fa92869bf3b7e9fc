package dev.berth.junit;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The engine of a run: started when it is first asked for, closed by JUnit when the run is over. */
@SuppressWarnings("deprecation") // JUnit before 5.13 closes nothing else than its own CloseableResource
final class SharedEngine implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(BerthExtension.class);

    private final Berth berth;

    private SharedEngine(Berth berth) {
        this.berth = berth;
    }

    static Berth of(ExtensionContext context) {
        SharedEngine engine = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        SharedEngine.class, _ -> new SharedEngine(Berth.start(options(context))), SharedEngine.class);
        return Objects.requireNonNull(engine).berth;
    }

    private static BerthOptions options(ExtensionContext context) {
        BerthOptions usual = BerthOptions.DEFAULT;
        Path cache =
                context.getConfigurationParameter("berth.cache").map(Path::of).orElse(usual.cache());
        return usual.withCache(cache)
                .withInsecureRegistries(list(context, "berth.insecure-registries"))
                .withMirrors(
                        list(context, "berth.mirrors").stream().map(URI::create).toList());
    }

    private static List<String> list(ExtensionContext context, String parameter) {
        return context.getConfigurationParameter(parameter).stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    @Override
    public void close() {
        berth.close();
    }
}
