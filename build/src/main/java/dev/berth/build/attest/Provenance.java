package dev.berth.build.attest;

import dev.berth.build.BuildRequest;
import dev.berth.image.Image;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How an image was made: the predicate of SLSA's provenance, version 0.2, in the shape that BuildKit gives it by default. */
final class Provenance {
    static final String PREDICATE_TYPE = "https://slsa.dev/provenance/v0.2";
    private static final String BUILD_TYPE = "https://berth.dev/build/dockerfile@v1";
    /** The context comes from a client, who alone knows an address of it. */
    private static final String CONTEXT = "urn:berth:context";

    private final BuildRequest request;
    private final BuildFacts facts;

    Provenance(BuildRequest request, BuildFacts facts) {
        this.request = request;
        this.facts = facts;
    }

    Map<String, Object> of(Image image) {
        boolean max = request.result().attestations().provenance() == AttestationOptions.Provenance.MAX;
        Map<String, Object> predicate = new LinkedHashMap<>();
        predicate.put("builder", Map.of("id", ""));
        predicate.put("buildType", BUILD_TYPE);
        predicate.put("materials", materials());
        predicate.put("invocation", invocation(max));
        if (max) {
            predicate.put("buildConfig", buildConfig());
        }
        predicate.put("metadata", metadata(image, max));
        return predicate;
    }

    private List<Object> materials() {
        List<Object> materials = new ArrayList<>();
        for (BuildFacts.Base base : facts.bases()) {
            materials.add(material(
                    Purl.ofImage(base.name(), base.image().config().platform()),
                    base.image().manifest().raw().digest()));
        }
        materials.add(material(request.remote().orElse(CONTEXT), facts.context()));
        return materials;
    }

    private static Map<String, Object> material(String uri, Digest digest) {
        Map<String, Object> material = new LinkedHashMap<>();
        material.put("uri", uri);
        material.put("digest", Map.of(digest.algorithm().prefix(), digest.hex()));
        return material;
    }

    private Map<String, Object> invocation(boolean max) {
        Map<String, Object> source = new LinkedHashMap<>();
        request.remote().ifPresent(address -> source.put("uri", address));
        source.put(
                "digest",
                Map.of(
                        "sha256",
                        Digest.sha256(facts.dockerfile().getBytes(StandardCharsets.UTF_8))
                                .hex()));
        source.put("entryPoint", request.dockerfile());
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("frontend", "dockerfile.v0");
        if (max) {
            parameters.put("args", arguments());
        }
        Map<String, Object> invocation = new LinkedHashMap<>();
        invocation.put("configSource", source);
        invocation.put("parameters", parameters);
        invocation.put("environment", Map.of("platform", Platform.host().toString()));
        return invocation;
    }

    /** As BuildKit's front end is given them. Secrets are none of them. */
    private Map<String, Object> arguments() {
        Map<String, Object> all = new TreeMap<>();
        request.arguments().forEach((name, value) -> value.ifPresent(given -> all.put("build-arg:" + name, given)));
        request.labels().forEach((name, value) -> all.put("label:" + name, value));
        request.target().ifPresent(target -> all.put("target", target));
        return all;
    }

    private Map<String, Object> buildConfig() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("dockerfile", facts.dockerfile());
        return config;
    }

    private Map<String, Object> metadata(Image image, boolean max) {
        Map<String, Object> completeness = new LinkedHashMap<>();
        completeness.put("parameters", max);
        completeness.put("environment", true);
        completeness.put("materials", false); // what commands fetch from elsewhere is not known
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("buildInvocationID", invocationId(image));
        metadata.put("buildStartedOn", time(facts.started()));
        metadata.put("buildFinishedOn", time(facts.finished()));
        metadata.put("completeness", completeness);
        metadata.put("reproducible", false);
        return metadata;
    }

    /** The same for the same build, where a time was given that it is to be of. */
    private String invocationId(Image image) {
        String identity = time(facts.started()) + image.manifest().raw().digest();
        return Digest.sha256(identity.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 25);
    }

    private String time(Instant instant) {
        return request.sourceDate()
                .orElse(instant)
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
    }
}
