package dev.berth.build.cache.transfer;

import dev.berth.image.content.ContentStore;
import dev.berth.image.content.RecordFile;
import dev.berth.image.layer.LayerBlob;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What steps' layers are when they are compressed. That is noted down, so that a layer that a cache has already is not
 * compressed again to find out. Safe for use by many threads.
 */
public final class CompressedLayers {
    private static final String ENDING = ".json";

    private final Path directory;
    private final ContentStore content;

    /** @param directory for the notes; made where it is missing */
    public CompressedLayers(Path directory, ContentStore content) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.content = content;
    }

    /** What the layer is when it is written, if that is known. One that came compressed stays as it is. */
    Optional<Descriptor> known(Descriptor layer, CacheTarget.Manner manner) throws IOException {
        if (!layer.mediaType().equals(MediaTypes.OCI_LAYER)) {
            return Optional.of(layer);
        }
        try {
            JsonObject note = JsonObject.parse(Files.readAllBytes(file(layer, manner)), "note on a layer");
            return Optional.of(Descriptor.read(note));
        } catch (NoSuchFileException | ImageException e) {
            return Optional.empty();
        }
    }

    /** Compresses the layer into the content store, where nothing keeps it. */
    Descriptor make(Descriptor layer, CacheTarget.Manner manner) throws IOException {
        Descriptor made = LayerBlob.compress(content, layer, manner.compression(), manner.level());
        RecordFile.writeVolatile(file(layer, manner), JsonObject.write(made.toTree()));
        return made;
    }

    /** Forgets layers that are no more. */
    void tidy() throws IOException {
        try (DirectoryStream<Path> notes = Files.newDirectoryStream(directory, "*" + ENDING)) {
            for (Path note : notes) {
                String name = String.valueOf(note.getFileName());
                if (!content.has(new Digest(Digest.Algorithm.SHA256, name.substring(0, name.indexOf('-'))))) {
                    Files.deleteIfExists(note);
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return; // somebody else's file
        }
    }

    private Path file(Descriptor layer, CacheTarget.Manner manner) {
        String level = manner.level().isPresent() ? "-" + manner.level().getAsInt() : "";
        return directory.resolve(layer.digest().hex() + "-" + manner.compression() + level + ENDING);
    }
}
