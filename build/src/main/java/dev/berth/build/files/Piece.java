package dev.berth.build.files;

import dev.berth.image.layer.TreeFile;
import java.util.List;

/**
 * A file to be copied.
 *
 * @param path where it is in its tree
 * @param place names that lead to it from the target; none for a directory that becomes the target itself
 * @param isOwned whether it stays with whom it belongs to; else it becomes root's
 * @param isKnown whether the selection says by itself what it is
 */
record Piece(SourceTree tree, List<String> path, List<String> place, TreeFile file, boolean isOwned, boolean isKnown) {
    Piece owned() {
        return new Piece(tree, path, place, file, true, isKnown);
    }

    Piece known() {
        return new Piece(tree, path, place, file, isOwned, true);
    }
}
