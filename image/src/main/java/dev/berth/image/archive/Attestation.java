package dev.berth.image.archive;

import dev.berth.image.Image;
import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.Session;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.MediaTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Statements about an image, stored as BuildKit stores them: as the layers of a manifest whose configuration is for no platform.
 * Its own annotations say what it is about, for the index that is made of both.
 */
public final class Attestation {
    private static final String PREDICATE_TYPE = "in-toto.io/predicate-type";

    private Attestation() {}

    /** A document of in-toto's (Statement v0.1), and what kind of predicate it has. */
    public record Statement(String predicateType, byte[] json) {}

    /** Adds them as what nobody is shown; gives its record. */
    public static ImageRecord add(ImageStore store, Image subject, List<Statement> statements) throws IOException {
        try (Session session = store.begin()) {
            List<Descriptor> layers = new ArrayList<>();
            for (Statement statement : statements) {
                session.isTemporary(store.content().put(statement.json()));
                layers.add(Descriptor.of(MediaTypes.IN_TOTO, statement.json())
                        .withAnnotations(Map.of(PREDICATE_TYPE, statement.predicateType())));
            }
            byte[] config = config(layers);
            session.isTemporary(store.content().put(config));
            ImageManifest manifest = ImageManifest.of(
                    MediaTypes.OCI_MANIFEST,
                    Descriptor.of(MediaTypes.OCI_CONFIG, config),
                    layers,
                    Map.of(
                            Descriptor.REFERENCE_TYPE,
                            Descriptor.ATTESTATION,
                            Descriptor.REFERENCE_DIGEST,
                            subject.manifest().raw().digest().toString()));
            session.isTemporary(store.content().put(manifest.raw().bytes()));
            return store.addStep(manifest, session, () -> false);
        }
    }

    private static byte[] config(List<Descriptor> layers) {
        Map<String, Object> rootfs = new LinkedHashMap<>();
        rootfs.put("type", "layers");
        rootfs.put(
                "diff_ids",
                layers.stream().map(Descriptor::digest).map(Digest::toString).toList());
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("architecture", "unknown");
        tree.put("os", "unknown");
        tree.put("config", Map.of());
        tree.put("rootfs", rootfs);
        return JsonObject.write(tree);
    }
}
