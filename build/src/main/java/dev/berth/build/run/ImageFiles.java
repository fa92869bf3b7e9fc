package dev.berth.build.run;

import dev.berth.image.Image;
import dev.berth.image.tar.TarWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** The files of images as one archive. */
public final class ImageFiles {
    private ImageFiles() {}

    /**
     * Writes them; the stream is not closed.
     *
     * @param apart whether each image's files are in a directory that is named after its platform: {@code linux_amd64}
     */
    public static void write(BuildRunner runner, List<Image> images, boolean apart, OutputStream out)
            throws IOException {
        try (TarWriter tar = new TarWriter(out)) {
            for (Image image : images) {
                String platform = image.config().platform().toString();
                try (OpenImage open = runner.open(image)) {
                    open.files().exportInto(tar, apart ? platform.replace('/', '_') + "/" : "");
                }
            }
        }
    }
}
