package dev.berth.level.os.launch;

import dev.berth.level.os.oci.RuntimeConfig.Process;
import java.util.ArrayList;
import java.util.List;

/** Where a program is looked for. */
public final class Search {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Search() {}

    /** The paths that a program's name may mean, in the order of PATH; itself where it has a slash (execvp(3)). */
    public static List<String> candidates(Process process) {
        String name = process.args().getFirst();
        if (name.contains("/")) {
            return List.of(name);
        }
        String path = process.env().stream()
                .filter(variable -> variable.startsWith("PATH="))
                .reduce((first, last) -> last)
                .map(variable -> variable.substring("PATH=".length()))
                .orElse(DEFAULT_PATH);
        List<String> candidates = new ArrayList<>();
        for (String directory : path.split(":")) {
            candidates.add((directory.isEmpty() ? "." : directory) + "/" + name);
        }
        return candidates;
    }
}
