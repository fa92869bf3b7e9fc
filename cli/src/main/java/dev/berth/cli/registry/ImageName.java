package dev.berth.cli.registry;

import dev.berth.cli.CliException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image's name in full.
 *
 * @param domain the registry's: {@code docker.io}, {@code localhost:5000}
 * @param path the repository in the registry: {@code library/debian}
 * @param tag or empty, where there is a digest
 * @param digest or empty
 */
public record ImageName(String domain, String path, String tag, String digest) {
    private static final Pattern PARTS =
            Pattern.compile("([^@]*?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha(?:256|512):[0-9a-f]{64,128}))?");
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    private static final Pattern DOMAIN =
            Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[0-9a-fA-F:]+])(?::[0-9]+)?");
    private static final Pattern PATH =
            Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*");

    /**
     * Reads a name as people type it; {@code latest} is meant where nothing is said.
     *
     * @throws CliException in Docker's words, if it is none
     */
    public static ImageName parse(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw malformed(text);
        }
        String name = parts.group(1);
        String server = Logins.serverOf(name);
        boolean hub = server.equals(Logins.DOCKER_HUB);
        int slash = name.indexOf('/');
        boolean spelled = slash > 0 && (!hub || name.startsWith("docker.io/") || name.startsWith("index.docker.io/"));
        String path = spelled ? name.substring(slash + 1) : name;
        if (hub && path.indexOf('/') < 0) {
            path = "library/" + path;
        }
        String domain = hub ? "docker.io" : server;
        if (!DOMAIN.matcher(domain).matches() || !PATH.matcher(path).matches()) {
            throw malformed(text);
        }
        String digest = parts.group(3) == null ? "" : parts.group(3);
        String tag = parts.group(2) != null ? parts.group(2) : digest.isEmpty() ? "latest" : "";
        return new ImageName(domain, path, tag, digest);
    }

    private static CliException malformed(String text) {
        return new CliException("error parsing name for manifest list " + text + ": invalid reference format");
    }

    /** What a registry is asked for: the digest, or else the tag. */
    public String reference() {
        return digest.isEmpty() ? tag : digest;
    }

    /** Without tag and digest. */
    public String repository() {
        return domain + "/" + path;
    }

    /** The same name with a digest. */
    public ImageName at(String otherDigest) {
        return new ImageName(domain, path, tag, otherDigest);
    }

    /** The repository alone. */
    public ImageName withoutTag() {
        return new ImageName(domain, path, "", digest);
    }

    /** In full: {@code docker.io/library/debian:12}. */
    @Override
    public String toString() {
        return repository() + (tag.isEmpty() ? "" : ":" + tag) + (digest.isEmpty() ? "" : "@" + digest);
    }
}
