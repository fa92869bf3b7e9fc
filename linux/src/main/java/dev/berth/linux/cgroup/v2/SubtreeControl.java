package dev.berth.linux.cgroup.v2;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Hands a group's controllers on to its children, which have none of themselves. */
final class SubtreeControl {
    private static final String FILE = "cgroup.subtree_control";
    private static final String PROCESSES = "cgroup.procs";
    /** Where this process moves to when its own group has to become a parent. */
    private static final String LEAF = "berth-engine";

    private final CgroupDirectory root;
    private final CgroupDirectory own;
    /** Those that are done, so that a second container under them costs nothing. */
    private final Set<CgroupPath> done = ConcurrentHashMap.newKeySet();

    /** @param own the group of this process */
    SubtreeControl(CgroupDirectory root, CgroupDirectory own) {
        this.root = root;
        this.own = own;
    }

    /** Makes a missing group that is to be a parent; its own parent is there. */
    void makeParent(CgroupPath path) {
        path.parent().ifPresent(this::handOnAlong);
        path.in(root).makeIfMissing();
        done.remove(path);
    }

    /** Hands on what the root has down to the children of the group. */
    void handOnAlong(CgroupPath path) {
        if (!done.contains(path)) {
            path.parent().ifPresentOrElse(this::handOnAlong, () -> handOn(root));
            handOn(path.in(root));
            done.add(path);
        }
    }

    /**
     * Hands on all controllers that the group has. One that the kernel does not let go (it is bound to v1, or real-time
     * processes keep it) is left out: whoever asks for a limit of it is told then.
     */
    private void handOn(CgroupDirectory parent) {
        List<String> missing = new ArrayList<>(words(parent, "cgroup.controllers"));
        missing.removeAll(words(parent, FILE));
        if (missing.isEmpty()) {
            return;
        }
        boolean isRoot = !parent.has("cgroup.type");
        if (parent.equals(own) && !isRoot) {
            makeRoomIn(parent);
        }
        try {
            enable(parent, missing);
        } catch (CgroupException e) {
            missing.forEach(controller -> tryToEnable(parent, controller));
        }
    }

    private static void enable(CgroupDirectory parent, List<String> controllers) {
        parent.write(FILE, "+" + String.join(" +", controllers));
    }

    private static void tryToEnable(CgroupDirectory parent, String controller) {
        try {
            enable(parent, List.of(controller));
        } catch (CgroupException e) {
            // See handOn: an error only for whoever needs this controller.
        }
    }

    /**
     * A group other than the root may not have both processes and children with controllers. Our own may be the root of
     * a container that we run in; then all that is in it is ours to move.
     */
    private static void makeRoomIn(CgroupDirectory group) {
        CgroupDirectory leaf = group.child(LEAF);
        leaf.makeIfMissing();
        for (String pid : words(group, PROCESSES)) {
            try {
                leaf.write(PROCESSES, pid);
            } catch (CgroupException e) {
                // It has ended meanwhile; if it has not, the kernel refuses the controllers once more.
            }
        }
    }

    private static List<String> words(CgroupDirectory group, String file) {
        return Arrays.stream(group.read(file).split("\\s+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
