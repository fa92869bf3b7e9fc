package dev.berth.image.registry;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image's name in full: where it is, what it is called there, and which one of those is meant. Its grammar and the
 * short forms that people type ({@code debian} for {@code docker.io/library/debian:latest}) are those of Docker
 * (distribution/reference).
 *
 * @param domain the registry's host, with its port if it has one: {@code docker.io}, {@code localhost:5000}
 * @param path the repository in the registry: {@code library/debian}
 */
public record Reference(String domain, String path, Optional<String> tag, Optional<Digest> digest) {
    public static final String DOCKER_HUB = "docker.io";
    public static final String LATEST = "latest";

    private static final int NAME_LENGTH = 255;
    private static final String OFFICIAL = "library/";

    private static final String LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    private static final String COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
    private static final Pattern DOMAIN =
            Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[(?:[a-fA-F0-9:]+)])(?::[0-9]+)?");
    private static final Pattern PATH = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}");
    private static final Pattern ID = Pattern.compile("[a-f0-9]{64}");
    /** A name, a tag after the last colon that no slash follows, and a digest after an at sign. */
    private static final Pattern PARTS = Pattern.compile("([^@]*?)(?::([^:/@]*))?(?:@(.*))?");

    /**
     * Reads a name as users type it.
     *
     * @throws ImageException BAD_REQUEST, in Docker's words, if it is none
     */
    public static Reference parse(String text) throws ImageException {
        if (text.length() > 4 * NAME_LENGTH) {
            throw malformed("");
        }
        if (ID.matcher(text).matches()) {
            throw new ImageException(
                    ImageException.Kind.BAD_REQUEST,
                    "invalid repository name (" + text + "), cannot specify 64-byte hexadecimal strings");
        }
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw malformed("");
        }
        Reference name = splitName(parts.group(1));
        return new Reference(
                name.domain,
                name.path,
                parts.group(2) == null ? Optional.empty() : Optional.of(checkedTag(parts.group(2))),
                parts.group(3) == null ? Optional.empty() : Optional.of(digest(parts.group(3))));
    }

    private static Reference splitName(String name) throws ImageException {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        String domain = DOCKER_HUB;
        String path = name;
        if (looksLikeDomain(first)) {
            domain = first.equals("index.docker.io") ? DOCKER_HUB : first;
            path = name.substring(slash + 1);
        }
        if (domain.equals(DOCKER_HUB) && path.indexOf('/') < 0 && !path.isEmpty()) {
            path = OFFICIAL + path;
        }
        if (!path.equals(path.toLowerCase(Locale.ROOT))) {
            throw malformed(": repository name (" + path + ") must be lowercase");
        }
        if (!DOMAIN.matcher(domain).matches() || !PATH.matcher(path).matches()) {
            throw malformed("");
        }
        if (path.length() > NAME_LENGTH) {
            throw new ImageException(
                    ImageException.Kind.BAD_REQUEST,
                    "repository name must not be more than " + NAME_LENGTH + " characters");
        }
        return new Reference(domain, path, Optional.empty(), Optional.empty());
    }

    /** Whether a name's first component is a host; the first of {@code library/debian} is not. */
    private static boolean looksLikeDomain(String first) {
        return first.contains(".")
                || first.contains(":")
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
    }

    private static String checkedTag(String tag) throws ImageException {
        if (!TAG.matcher(tag).matches()) {
            throw malformed("");
        }
        return tag;
    }

    private static Digest digest(String text) throws ImageException {
        try {
            return Digest.parse(text);
        } catch (ImageException e) {
            throw new ImageException(ImageException.Kind.BAD_REQUEST, "invalid reference format: " + e.getMessage(), e);
        }
    }

    private static ImageException malformed(String why) {
        return new ImageException(ImageException.Kind.BAD_REQUEST, "invalid reference format" + why);
    }

    /** Domain and path, without tag and digest: {@code docker.io/library/debian}. */
    public String repository() {
        return domain + "/" + path;
    }

    /** The repository as people call it: {@code debian}, {@code localhost:5000/debian}. */
    public String familiarRepository() {
        if (!domain.equals(DOCKER_HUB)) {
            return repository();
        }
        boolean official = path.startsWith(OFFICIAL) && path.indexOf('/', OFFICIAL.length()) < 0;
        return official ? path.substring(OFFICIAL.length()) : path;
    }

    /** The reference as people call it: {@code debian:12}, {@code debian@sha256:…}. */
    public String familiar() {
        return familiarRepository() + suffix();
    }

    /** The same with the tag {@code latest}, unless it has a tag or a digest. */
    public Reference withDefaultTag() {
        return tag.isPresent() || digest.isPresent() ? this : new Reference(domain, path, Optional.of(LATEST), digest);
    }

    /**
     * The same repository's image of this tag.
     *
     * @throws ImageException BAD_REQUEST if it is no tag
     */
    public Reference withTag(String other) throws ImageException {
        return new Reference(domain, path, Optional.of(checkedTag(other)), Optional.empty());
    }

    /** The same repository's image of this digest. */
    public Reference withDigest(Digest other) {
        return new Reference(domain, path, Optional.empty(), Optional.of(other));
    }

    /** The repository alone. */
    public Reference withoutTagAndDigest() {
        return new Reference(domain, path, Optional.empty(), Optional.empty());
    }

    /** In full: {@code docker.io/library/debian:12}. */
    @Override
    public String toString() {
        return repository() + suffix();
    }

    private String suffix() {
        return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
    }
}
