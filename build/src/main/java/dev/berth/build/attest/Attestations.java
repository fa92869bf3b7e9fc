package dev.berth.build.attest;

import dev.berth.build.BuildRequest;
import dev.berth.image.Image;
import dev.berth.image.archive.Attestation;
import dev.berth.image.files.FileTree;
import dev.berth.image.oci.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the statements about an image that were asked for (in-toto Statement v0.1, as BuildKit has them). */
public final class Attestations {
    private static final String STATEMENT = "https://in-toto.io/Statement/v0.1";

    private final BuildRequest request;
    private final BuildFacts facts;

    public Attestations(BuildRequest request, BuildFacts facts) {
        this.request = request;
        this.facts = facts;
    }

    /** Opens an image's files where they are needed. */
    @FunctionalInterface
    public interface Looking {
        void into(Image image, Look look) throws IOException;
    }

    /** Reads an image's files. */
    @FunctionalInterface
    public interface Look {
        void at(FileTree files) throws IOException;
    }

    /** The statements about an image. */
    public List<Attestation.Statement> of(Image image, Looking looking) throws IOException {
        AttestationOptions asked = request.result().attestations();
        List<Attestation.Statement> statements = new ArrayList<>();
        if (asked.sbom()) {
            looking.into(
                    image,
                    files -> statements.add(statement(
                            Sbom.PREDICATE_TYPE,
                            image,
                            Sbom.of(name(image), image, time(), new PackageScan(files).run()))));
        }
        if (asked.provenance() != AttestationOptions.Provenance.NONE) {
            statements.add(statement(Provenance.PREDICATE_TYPE, image, new Provenance(request, facts).of(image)));
        }
        return statements;
    }

    private Attestation.Statement statement(String type, Image image, Map<String, Object> predicate) {
        Map<String, Object> digest =
                Map.of("sha256", image.manifest().raw().digest().hex());
        List<Object> subjects = new ArrayList<>();
        for (String name : request.names()) {
            subjects.add(subject(Purl.ofImage(name, image.config().platform()), digest));
        }
        if (subjects.isEmpty()) {
            subjects.add(subject("_", digest));
        }
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("_type", STATEMENT);
        statement.put("predicateType", type);
        statement.put("subject", subjects);
        statement.put("predicate", predicate);
        return new Attestation.Statement(type, JsonObject.write(statement));
    }

    private static Map<String, Object> subject(String name, Map<String, Object> digest) {
        Map<String, Object> subject = new LinkedHashMap<>();
        subject.put("name", name);
        subject.put("digest", digest);
        return subject;
    }

    private String name(Image image) {
        return request.names().stream().findFirst().orElse(image.id().toString());
    }

    private Instant time() {
        return request.sourceDate().orElse(facts.finished()).truncatedTo(ChronoUnit.SECONDS);
    }
}
