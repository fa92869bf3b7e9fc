package dev.berth.engine.network;

import dev.berth.engine.error.EngineException;

/**
 * A link as it is asked for ({@code --link db:database}).
 *
 * @param container by its name or ID
 * @param alias the name that one container alone has for it
 */
public record LinkText(String container, String alias) {
    /**
     * Reads one; without an alias, the container's name is it. {@code /db:/client/database} is how {@code inspect} shows one.
     *
     * @throws EngineException INVALID, in Docker's words
     */
    public static LinkText parse(String text) {
        if (text.isEmpty()) {
            throw EngineException.invalid("empty string specified for links");
        }
        String[] parts = text.split(":", -1);
        boolean shown = parts[0].startsWith("/");
        String container = shown ? parts[0].substring(1) : parts[0];
        String alias = parts[parts.length - 1];
        if (shown) {
            alias = alias.substring(alias.lastIndexOf('/') + 1);
        }
        if (parts.length > 2 || container.isBlank() || !alias.matches("[^\\s\\p{Cntrl}#/]+")) {
            throw EngineException.invalid("bad format for links: " + text);
        }
        return new LinkText(container, alias);
    }
}
