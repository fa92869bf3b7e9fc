package dev.berth.build.files;

import dev.berth.image.layer.TreeFile;
import java.util.List;

/**
 * A file to be copied.
 *
 * @param path where it is in its tree
 * @param place names that lead to it from the target; none for a directory that becomes the target itself
 */
record Piece(SourceTree tree, List<String> path, List<String> place, TreeFile file) {}
