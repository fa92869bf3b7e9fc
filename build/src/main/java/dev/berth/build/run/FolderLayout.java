package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.ContextSource;
import dev.berth.build.ImageLayout;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.files.Context;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A layout in a folder, of which an image is meant by its tag or digest. */
final class FolderLayout implements ImageLayout {
    private static final String INDEX = "index.json";
    private static final Pattern DIGEST = Pattern.compile("[a-z0-9]+:[0-9a-f]{32,}");
    private static final String TAG = "org.opencontainers.image.ref.name";
    private static final String NAME = "io.containerd.image.name";

    private final ContextSource.Opened folder;
    private final Context files;
    private final String image;

    private FolderLayout(ContextSource.Opened folder, Context files, String image) {
        this.folder = folder;
        this.files = files;
        this.image = image;
    }

    /** @param image its tag or digest */
    static ImageLayout.Source of(ContextSource folder, String image) {
        return scratch -> {
            ContextSource.Opened opened = folder.open(scratch);
            try {
                return new FolderLayout(opened, opened.files(IgnoreFile.NONE), image);
            } catch (IOException | InterruptedException | RuntimeException e) {
                opened.close();
                throw e;
            }
        };
    }

    /** As with buildx, an image that is the only one needs no tag. */
    @Override
    public Digest root() throws IOException {
        if (DIGEST.matcher(image).matches()) {
            return Digest.parse(image);
        }
        byte[] json = files.content(INDEX, Limits.DEFAULT.manifestBytes())
                .orElseThrow(() -> BuildException.invalid("it is no OCI image layout: it has no " + INDEX));
        List<Descriptor> all = ImageIndex.parse(json, MediaTypes.OCI_INDEX).manifests();
        for (String annotation : List.of(NAME, TAG)) {
            for (Descriptor each : all) {
                if (image.equals(each.annotations().get(annotation))) {
                    return each.digest();
                }
            }
        }
        if (all.size() != 1) {
            String there = all.stream()
                    .map(each ->
                            each.annotations().getOrDefault(TAG, each.digest().toString()))
                    .collect(Collectors.joining(", "));
            throw BuildException.invalid("it has no image with the tag " + image + ", but these: " + there);
        }
        return all.getFirst().digest();
    }

    @Override
    public InputStream blob(Digest digest) throws IOException {
        return files.open("blobs/" + digest.algorithm().prefix() + "/" + digest.hex())
                .orElseThrow(() -> BuildException.invalid("the blob " + digest + " is missing in it"));
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}
