package dev.berth.build.dockerfile;

import java.util.List;

/**
 * An instruction as a text, before anybody looks at what it says.
 *
 * @param text its lines joined
 * @param documents those below it
 * @param comments those right above it
 */
record Line(String text, Location location, List<Heredoc> documents, List<String> comments) {}
