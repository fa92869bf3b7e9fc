package dev.berth.image.snapshot;

import dev.berth.image.oci.ImageException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.Open;
import dev.berth.linux.quota.ProjectQuota;
import dev.berth.linux.quota.ProjectQuota.Accounting;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;

/**
 * How much a container's directories may take: the limit of a project of the file system that is theirs alone. Which
 * project that is, the directories and a file's name beside them say.
 *
 * <p>Engines, and others, may share a file system, and nobody gives projects out. So one is taken whose quota says that
 * nobody has it, by making the still empty directory a file of it; the kernel counts these. Whoever then finds a second
 * file in it looks for another project: of two who take the same one at once, one at most keeps it.
 */
final class SizeLimit {
    /** Before the name of the file that names the project, so that a limit which somebody else has set stays theirs. */
    private static final String PROJECT = "project-";
    /** Smaller numbers are for those who write them into /etc/projects by hand. */
    private static final int LEAST_PROJECT = 1 << 24;

    private static final int ATTEMPTS = 100;

    private final IntSupplier candidates;

    SizeLimit(IntSupplier candidates) {
        this.candidates = candidates;
    }

    static SizeLimit random() {
        return new SizeLimit(() -> ThreadLocalRandom.current().nextInt(LEAST_PROJECT, Integer.MAX_VALUE));
    }

    /**
     * Takes a project for a directory, before anything is in it.
     *
     * @throws ImageException CONFLICT if no project is to be had
     */
    int take(Directory own) throws ImageException {
        ProjectQuota quota = new ProjectQuota(own);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int project = candidates.getAsInt();
            if (quota.usage(project).isNothing()) {
                quota.assign(project);
                if (quota.usage(project).files() == 1) {
                    own.openFile(PROJECT + project, Open.WRITE | Open.CREATE, 0600)
                            .close();
                    return project;
                }
            }
        }
        throw new ImageException(
                ImageException.Kind.CONFLICT,
                "no project of the file system of " + own.path() + " was free in " + ATTEMPTS + " attempts");
    }

    /** Limits what a project that was taken may have. */
    static void set(Directory own, int project, long bytes) {
        new ProjectQuota(own).limit(project, bytes);
    }

    /** Takes away the limit of a directory that is about to be removed, if it has one. */
    static void lift(Directory own) {
        ProjectQuota quota = new ProjectQuota(own);
        of(own).filter(project -> quota.accounting() != Accounting.NONE).ifPresent(project -> quota.limit(project, 0));
    }

    /** The project that was taken for a directory. */
    private static Optional<Integer> of(Directory own) {
        return own.list().stream()
                .filter(name -> name.startsWith(PROJECT))
                .map(name -> Integer.valueOf(name.substring(PROJECT.length())))
                .findFirst();
    }
}
