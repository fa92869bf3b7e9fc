package dev.berth.image.check;

import dev.berth.image.check.Finding.Outcome;
import dev.berth.image.check.Finding.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;

/** One check under way: where its findings go, and whether they are repaired. Used by one thread. */
public final class Inspection {
    private final Repairs repairs;
    private final Consumer<Finding> listener;

    /** What is repaired. */
    public enum Repairs {
        NOTHING,
        /** What was interrupted; what was damaged a user is to see first. */
        UNFINISHED,
        ALL
    }

    /**
     * @param listener told of each finding once it is settled what becomes of it
     */
    public Inspection(Repairs repairs, Consumer<Finding> listener) {
        this.repairs = repairs;
        this.listener = listener;
    }

    /** What puts something right. */
    @FunctionalInterface
    public interface Repair {
        void run() throws IOException;
    }

    /** Whether anything may be changed. */
    public boolean isRepairing() {
        return repairs != Repairs.NOTHING;
    }

    /** Whether what is damaged is put right, or taken away. */
    public boolean repairsDamage() {
        return repairs == Repairs.ALL;
    }

    /**
     * Something interrupted has left it.
     *
     * @param done what the repair does, as a participle: "removed"
     */
    public void unfinished(String subject, String problem, String done, Repair repair) {
        settle(Weight.UNFINISHED, subject, problem, done, repair);
    }

    /** It was whole once; the repair puts it right or takes away what only misleads. */
    public void damaged(String subject, String problem, String done, Repair repair) {
        settle(Weight.DAMAGED, subject, problem, done, repair);
    }

    /**
     * It was whole once, and nothing here can put it right.
     *
     * @param advice what the user is to do
     */
    public void lost(String subject, String problem, String advice) {
        listener.accept(new Finding(Weight.DAMAGED, subject, problem, Outcome.LEFT, advice));
    }

    /**
     * It is nothing of ours. What is gone by now was one of ours, removed between its listing and the look at it.
     *
     * @param kind "file" or "directory"
     */
    public void foreign(String kind, Path path) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            listener.accept(new Finding(
                    Weight.FOREIGN,
                    kind + " " + path,
                    "is nothing that the engine has made",
                    Outcome.LEFT,
                    "it is left alone"));
        }
    }

    private void settle(Weight weight, String subject, String problem, String done, Repair repair) {
        boolean wanted = repairs == Repairs.ALL || (repairs == Repairs.UNFINISHED && weight == Weight.UNFINISHED);
        if (!wanted) {
            listener.accept(new Finding(weight, subject, problem, Outcome.REPAIRABLE, "to be " + done));
            return;
        }
        try {
            repair.run();
            listener.accept(new Finding(weight, subject, problem, Outcome.REPAIRED, done));
        } catch (IOException e) {
            listener.accept(new Finding(
                    weight, subject, problem, Outcome.LEFT, "could not be " + done + ": " + e.getMessage()));
        }
    }
}
