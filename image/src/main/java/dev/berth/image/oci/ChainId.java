package dev.berth.image.oci;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Identities of stacks of layers (OCI image-spec, config.md, "Layer ChainID"). */
public final class ChainId {
    private ChainId() {}

    /** For each layer the identity of the stack that it is the top of; the bottom layer's first. */
    public static List<Digest> of(List<Digest> diffIds) {
        List<Digest> chain = new ArrayList<>();
        for (Digest diffId : diffIds) {
            chain.add(
                    chain.isEmpty()
                            ? diffId
                            : Digest.sha256((chain.getLast() + " " + diffId).getBytes(StandardCharsets.US_ASCII)));
        }
        return List.copyOf(chain);
    }
}
