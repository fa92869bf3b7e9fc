package dev.berth.image.files;

import java.time.Instant;

/**
 * What a path in a container leads to; the last name of the path is not followed where it is a link.
 *
 * @param name its last name
 * @param size bytes
 * @param mode type and permissions as stat(2) has them
 * @param linkTarget of a link: the absolute path in the container that it leads to; else empty
 */
public record PathStat(String name, long size, int mode, Instant modified, String linkTarget) {}
