package dev.berth.build.run;

import dev.berth.build.BuildException;
import dev.berth.build.files.ModeChange;
import dev.berth.build.files.SelectedFiles;
import dev.berth.build.files.Selection;
import dev.berth.image.files.FileTree;
import dev.berth.image.files.PathStat;
import dev.berth.image.layer.ArchiveUnpacker;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Files that become part of an image.
 *
 * @param selection what is copied
 * @param target an absolute path; with a slash at its end it is a directory
 * @param owner as {@code --chown} has it; empty for what the selection says
 * @param time of all files; empty for their own
 * @param mode of the files
 */
record CopyStep(Selection selection, String target, String owner, ModeChange mode, Optional<Instant> time) {
    private static final int DIRECTORY = 0040000;
    private static final int TYPE = 0170000;

    /** What tells this step from others upon the same image. */
    String identity(String instruction) throws IOException {
        return String.join("\0", instruction, selection.digest().toString(), target, owner, mode.text());
    }

    /** Copies them into an image's tree, which is used up. */
    void run(FileTree files) throws IOException {
        Optional<ArchiveUnpacker.Owner> who =
                owner.isEmpty() ? Optional.empty() : Optional.of(new Owners(files).owner(owner));
        boolean asFile = selection.isOneFile() && !target.endsWith("/") && !isDirectory(files);
        String place = asFile ? behindLinks(files) : target;
        int slash = place.lastIndexOf('/');
        String directory = asFile ? place.substring(0, slash + 1) : place;
        Optional<String> name = asFile ? Optional.of(place.substring(slash + 1)) : Optional.empty();
        try {
            files.unpack(
                    directory, new SelectedFiles(selection, name, mode, time), new ArchiveUnpacker.Options(true, who));
        } catch (ImageException e) {
            if (e.kind() == ImageException.Kind.NO_SPACE) {
                throw e;
            }
            throw BuildException.failed("failed to copy files to " + target + ": " + e.getMessage(), e);
        }
    }

    /** A file is written to where a link of the target's name leads. */
    private String behindLinks(FileTree files) throws IOException {
        try {
            String behind = files.stat(target).linkTarget();
            return behind.isEmpty() ? target : behind;
        } catch (ImageException e) {
            return target; // nothing is there yet
        }
    }

    private boolean isDirectory(FileTree files) throws IOException {
        try {
            PathStat stat = files.stat(target + "/.");
            return (stat.mode() & TYPE) == DIRECTORY;
        } catch (ImageException e) {
            return false;
        }
    }
}
