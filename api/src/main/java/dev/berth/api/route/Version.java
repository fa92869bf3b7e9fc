package dev.berth.api.route;

import java.util.Optional;

/** A version of the Docker Engine API. */
public record Version(int major, int minor) implements Comparable<Version> {
    /** The newest we speak. */
    public static final Version NEWEST = new Version(1, 48);

    /** The oldest we speak. */
    public static final Version OLDEST = new Version(1, 24);

    /** Of Docker's own releases the last that spoke {@link #NEWEST} and no newer one. */
    private static final String DOCKER_RELEASE = "28.0.4";

    private static final int MOST_DIGITS = 4;

    /** Reads {@code 1.48}. */
    public static Optional<Version> parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 1) {
            return Optional.empty();
        }
        String major = text.substring(0, dot);
        String minor = text.substring(dot + 1);
        if (!isNumber(major) || !isNumber(minor)) {
            return Optional.empty();
        }
        return Optional.of(new Version(Integer.parseInt(major), Integer.parseInt(minor)));
    }

    /**
     * What a server says that its version is: the release of Docker that it is like, and our own version behind it, in the way
     * of distributions' packages ({@code 20.10.24+dfsg1}). Clients decide by it what they ask for, or whether they go on at all.
     */
    static String ofServer(String own) {
        return DOCKER_RELEASE + "+berth" + own;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= MOST_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    public boolean atLeast(int otherMajor, int otherMinor) {
        return compareTo(new Version(otherMajor, otherMinor)) >= 0;
    }

    @Override
    public int compareTo(Version other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
