package dev.berth.build.run;

import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.cache.transfer.CacheExport;
import dev.berth.build.cache.transfer.CachePlaces;
import dev.berth.build.cache.transfer.CacheSource;
import dev.berth.build.cache.transfer.CacheTarget;
import dev.berth.build.cache.transfer.ImportedCaches;
import dev.berth.build.cache.transfer.InlineCache;
import dev.berth.build.cache.transfer.StepRecords;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** The caches that one request's builds read from and write to. For one thread; whoever opened them closes them. */
final class BuildCaches implements AutoCloseable {
    private final Build.Facilities facilities;
    private final BuildRequest request;
    private final CachePlaces places;
    private final ImportedCaches imported;
    private final Consumer<String> told;
    private final Set<Digest> made = ConcurrentHashMap.newKeySet();
    private final StepFlights flights;

    private BuildCaches(
            Build.Facilities facilities,
            BuildRequest request,
            CachePlaces places,
            ImportedCaches imported,
            Consumer<String> told) {
        this.facilities = facilities;
        this.request = request;
        this.places = places;
        this.imported = imported;
        this.told = told;
        this.flights = request.useCache() ? facilities.flights() : new StepFlights(); // others' steps are not taken
    }

    /**
     * What a build for one platform has used and made.
     *
     * @param result the numbers of the stages that its image's layers are from
     */
    record Done(StepCache steps, Set<Integer> result) {}

    /** What is to be written where; all of it is here. */
    record Writing(CacheTarget target, List<StepRecords.Step> steps) {}

    /** Reads what those say that the request names, if it wants a cache at all. */
    static BuildCaches open(Build.Facilities facilities, BuildRequest request, BuildListener listener)
            throws IOException {
        Images images = facilities.engine().images().store();
        CachePlaces places = new CachePlaces(images, request.credentials());
        List<CacheSource> sources = request.useCache() ? request.caches().from() : List.of();
        List<Platform> platforms = request.result().platforms().isEmpty()
                ? List.of(request.platform().orElse(Platform.host()))
                : request.result().platforms();
        ImportedCaches imported =
                ImportedCaches.open(sources, places, images, facilities.cache(), platforms, listener::cache);
        return new BuildCaches(facilities, request, places, imported, listener::cache);
    }

    /** Where a build for one platform looks, and what it notes. */
    StepCache steps() {
        return new StepCache(facilities.cache(), request.useCache(), made, imported, flights, new StepRecords());
    }

    /** The image with its cache in it, where that was asked for; our own cache keeps it until it has a name. */
    Image into(Image image, Done done) throws IOException {
        if (request.caches().to().stream().noneMatch(CacheTarget.Inline.class::isInstance)) {
            return image;
        }
        Image whole = InlineCache.add(places.images(), image, done.steps().steps(done.result()::contains));
        facilities.cache().put(whole.id(), whole.id(), whole, "the image with its cache", 0);
        return whole;
    }

    /** What the steps came to that is to be written. What is not here of it yet comes now. */
    List<Writing> due(List<Done> builds) throws IOException {
        List<Writing> due = new ArrayList<>();
        for (CacheTarget target : request.caches().to()) {
            if (target instanceof CacheTarget.Inline) {
                continue; // the images have it
            }
            Map<Digest, StepRecords.Step> steps = new LinkedHashMap<>();
            for (Done done : builds) {
                done.steps().steps(stages(target, done.result())).forEach(step -> steps.putIfAbsent(step.next(), step));
            }
            due.add(new Writing(target, List.copyOf(steps.values())));
        }
        return due;
    }

    private static IntPredicate stages(CacheTarget target, Set<Integer> result) {
        return switch (target) {
            case CacheTarget.Registry registry -> stages(registry.manner(), result);
            case CacheTarget.Folder folder -> stages(folder.manner(), result);
            case CacheTarget.Inline _ -> result::contains;
        };
    }

    private static IntPredicate stages(CacheTarget.Manner manner, Set<Integer> result) {
        return switch (manner.mode()) {
            case MIN -> result::contains;
            case MAX -> _ -> true;
        };
    }

    void write(List<Writing> due) throws IOException {
        for (Writing writing : due) {
            new CacheExport(places.images(), facilities.compressed(), places)
                    .write(writing.target(), writing.steps(), told);
        }
    }

    @Override
    public void close() throws IOException {
        imported.close();
    }
}
