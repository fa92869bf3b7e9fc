package dev.berth.build.dockerfile;

import java.util.List;

/** Comments right above an instruction. */
final class Comments {
    private Comments() {}

    /** What the first comment that begins with a name goes on to say; empty where there is none. */
    static String description(List<String> comments, String name) {
        for (String comment : comments) {
            if (comment.startsWith(name + " ")) {
                return comment.substring(name.length() + 1);
            }
        }
        return "";
    }
}
