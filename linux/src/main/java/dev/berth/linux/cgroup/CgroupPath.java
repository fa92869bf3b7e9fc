package dev.berth.linux.cgroup;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A group's absolute path, the same in every hierarchy.
 *
 * @param names from the root down; at least one
 */
public record CgroupPath(List<String> names) {
    private static final int LONGEST = 4096;
    /** How often a parent is made again that another engine took for empty, before our group was in it. */
    private static final int PARENT_TRIES = 10;

    public CgroupPath {
        names = List.copyOf(names);
    }

    /**
     * Reads {@code /berth/engine/container}.
     *
     * @throws IllegalArgumentException when it is not absolute, too long, or could lead out of its parent
     */
    public static CgroupPath parse(String text) {
        List<String> names = text.startsWith("/") ? List.of(text.substring(1).split("/", -1)) : List.of("");
        boolean bad = names.stream().anyMatch(n -> n.isEmpty() || n.equals(".") || n.equals("..") || n.contains("\n"));
        if (bad || text.length() > LONGEST) {
            throw new IllegalArgumentException("not a control group's path (/a/b, without . and ..): \"" + text + "\"");
        }
        return new CgroupPath(names);
    }

    /** Its parent; empty when that is the root. */
    public Optional<CgroupPath> parent() {
        return names.size() == 1 ? Optional.empty() : Optional.of(new CgroupPath(names.subList(0, names.size() - 1)));
    }

    /** Where it is in the hierarchy with this root. */
    public CgroupDirectory in(CgroupDirectory root) {
        return new CgroupDirectory(root.path().resolve(String.join("/", names)));
    }

    /** Where its parent is in the hierarchy with this root. */
    public CgroupDirectory parentIn(CgroupDirectory root) {
        return parent().map(parent -> parent.in(root)).orElse(root);
    }

    /**
     * Makes the group in one hierarchy, and the parents that it lacks.
     *
     * @param makeParent makes a missing parent whose own parent is there
     */
    public CgroupDirectory make(CgroupDirectory root, Consumer<CgroupPath> makeParent) {
        CgroupDirectory group = in(root);
        for (int i = 0; i < PARENT_TRIES; i++) {
            if (group.make()) {
                return group;
            }
            parent().ifPresent(parent -> parent.makeWithParents(root, makeParent));
        }
        throw new CgroupException(
                "cannot make the control group " + group.path() + ": its parent is removed again and again");
    }

    private void makeWithParents(CgroupDirectory root, Consumer<CgroupPath> makeParent) {
        if (!in(root).exists()) {
            parent().ifPresent(parent -> parent.makeWithParents(root, makeParent));
            makeParent.accept(this);
        }
    }

    /** Removes the group in one hierarchy, then its parents, until one is in use. */
    public void removeUpwards(CgroupDirectory root) {
        if (in(root).remove()) {
            parent().ifPresent(parent -> parent.removeUpwards(root));
        }
    }

    @Override
    public String toString() {
        return "/" + String.join("/", names);
    }
}
