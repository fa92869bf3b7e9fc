package dev.berth.cli.copy;

/** Paths as text: what a slash or a dot at their end means gets lost in {@link java.nio.file.Path}. */
final class Names {
    private Names() {}

    /** Whether it can only be meant as a directory. */
    static boolean saysDirectory(String path) {
        return path.endsWith("/") || saysContent(path) || path.equals("..") || path.endsWith("/..");
    }

    /** Whether a directory's content is meant, and not the directory itself. */
    static boolean saysContent(String path) {
        return path.equals(".") || path.endsWith("/.");
    }

    static String trimmed(String path) {
        String text = path;
        while (text.length() > 1 && text.endsWith("/")) {
            text = text.substring(0, text.length() - 1);
        }
        return text;
    }

    static String last(String path) {
        String text = trimmed(path);
        return text.equals("/") ? "/" : text.substring(text.lastIndexOf('/') + 1);
    }

    static String parent(String path) {
        String text = trimmed(path);
        int slash = text.lastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : text.substring(0, slash);
    }
}
