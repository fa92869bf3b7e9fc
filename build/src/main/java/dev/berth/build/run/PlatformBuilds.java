package dev.berth.build.run;

import dev.berth.build.BuildListener;
import dev.berth.build.BuildRequest;
import dev.berth.build.attest.Attestations;
import dev.berth.build.attest.BuildFacts;
import dev.berth.build.cache.transfer.UnusableCacheException;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.dockerfile.Dockerfile;
import dev.berth.build.files.Context;
import dev.berth.build.files.TreeDigest;
import dev.berth.image.Image;
import dev.berth.image.archive.Attestation;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The builds of one request, one a platform, and what becomes of them. For one thread. */
final class PlatformBuilds {
    private final Build.Facilities facilities;
    private final BuildRequest request;
    private final Given given;
    private final BuildListener listener;

    PlatformBuilds(Build.Facilities facilities, BuildRequest request, Given given, BuildListener listener) {
        this.facilities = facilities;
        this.request = request;
        this.given = given;
        this.listener = listener;
    }

    /**
     * What all of them are made of.
     *
     * @param text the Dockerfile's
     * @param ignored what of the context was left out
     * @param contexts what else there is
     * @param scratch a directory that goes with the request
     */
    record Given(
            Instant began,
            String text,
            Dockerfile dockerfile,
            IgnoreFile ignored,
            Context context,
            NamedContexts contexts,
            Path scratch) {}

    /** The image that is meant where no platform is asked for. */
    Image run() throws IOException, InterruptedException {
        try (BuildCaches caches = BuildCaches.open(facilities, request, listener)) {
            while (true) {
                try {
                    return run(caches);
                } catch (UnusableCacheException e) { // it has been dropped, and what was done is found again
                    listener.cache("WARNING: the build cache of " + e.getMessage() + "; building without it");
                }
            }
        }
    }

    private Image run(BuildCaches caches) throws IOException, InterruptedException {
        List<Image> images = new ArrayList<>();
        List<Image> attestations = new ArrayList<>();
        List<BuildCaches.Done> builds = new ArrayList<>();
        for (BuildRequest each : byPlatform()) {
            if (!request.result().platforms().isEmpty()) {
                listener.text("Building for " + each.platform().orElseThrow() + "\n");
            }
            StepCache steps = caches.steps();
            Build build = new Build(facilities, each, new StepImages(facilities, each, steps), given, listener);
            Image built = build.run(images.isEmpty()); // what is doubtful is so for all of them
            BuildCaches.Done done = new BuildCaches.Done(steps, build.resultStages());
            Image image = caches.into(built, done);
            builds.add(done);
            images.add(image);
            attest(image, build).ifPresent(attestations::add);
        }
        List<BuildCaches.Writing> due = caches.due(builds);
        Image main = new Delivery(facilities.engine().images(), request, listener).of(images, attestations);
        caches.write(due);
        return main;
    }

    /** The request for each platform. */
    private List<BuildRequest> byPlatform() {
        List<Platform> platforms = request.result().platforms();
        return platforms.isEmpty()
                ? List.of(request)
                : platforms.stream().map(request::on).toList();
    }

    /** The cache keeps what is attested until it has a name. */
    private Optional<Image> attest(Image image, Build build) throws IOException {
        if (request.result().attestations().isNone()) {
            return Optional.empty();
        }
        BuildFacts facts = new BuildFacts(
                given.began(), Instant.now(), given.text(), TreeDigest.of(given.context()), build.bases());
        List<Attestation.Statement> statements = new Attestations(request, facts).of(image, (looked, look) -> {
            try (OpenImage open = OpenImage.of(facilities, looked)) {
                look.at(open.files());
            }
        });
        if (statements.isEmpty()) {
            return Optional.empty();
        }
        Image attested = facilities.engine().images().store().attest(image, statements);
        facilities.cache().put(attested.id(), attested.id(), attested, "attestations of " + image.id(), 0);
        return Optional.of(attested);
    }
}
