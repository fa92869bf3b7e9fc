package dev.berth.cli.build;

import java.nio.file.Path;
import java.util.Map;

/**
 * A folder that a daemon elsewhere is sent, of which it asks for what it has not.
 *
 * @param name by which it is asked for, the same in each build of the folder
 * @param root without links
 * @param files those that belong to the build
 * @param documents the Dockerfile and its ignore file, where they are not in the folder
 */
public record SentFolder(String name, Path root, LocalContext files, Map<String, byte[]> documents) {
    public SentFolder {
        documents = Map.copyOf(documents);
    }
}
