package dev.berth.image.check;

import java.io.IOException;
import java.util.Set;

/** What a check is told of the containers that hold on to the store. */
public interface Holders {
    /** Whether the container exists, or is just being made or removed. */
    boolean exists(String id);

    /** The containers that are made of an image and not going. */
    Set<String> ofImages() throws IOException;

    /** Those that may be running: their layers are not to be touched. */
    Set<String> running() throws IOException;
}
