package dev.berth.build.dockerfile;

/**
 * Lines of a Dockerfile.
 *
 * @param first the first of them, from 1
 * @param last the last of them, which is one of them
 */
public record Location(int first, int last) implements Comparable<Location> {
    static Location line(int line) {
        return new Location(line, line);
    }

    boolean contains(int line) {
        return first <= line && line <= last;
    }

    @Override
    public int compareTo(Location other) {
        return first != other.first ? Integer.compare(first, other.first) : Integer.compare(last, other.last);
    }
}
