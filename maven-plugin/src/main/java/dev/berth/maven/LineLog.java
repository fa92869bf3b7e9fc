package dev.berth.maven;

import org.apache.maven.plugin.logging.Log;

/** Tells Maven's log in whole lines what comes in pieces. */
final class LineLog {
    private final Log log;
    private final StringBuilder begun = new StringBuilder();

    LineLog(Log log) {
        this.log = log;
    }

    synchronized void accept(String text) {
        begun.append(text);
        int end = begun.indexOf("\n");
        while (end >= 0) {
            log.info(begun.substring(0, end));
            begun.delete(0, end + 1);
            end = begun.indexOf("\n");
        }
    }
}
