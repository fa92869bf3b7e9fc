package dev.berth.build.dockerfile;

import java.util.List;

/** What the words of an EXPOSE mean. */
public final class ExposedPorts {
    private ExposedPorts() {}

    /**
     * All ports, as an image's configuration has them: {@code 80/tcp}; no port twice.
     *
     * @throws LanguageException for what is no port
     */
    public static List<String> of(List<String> words) {
        return PortSpec.exposed(words);
    }
}
