package dev.berth.level.os.user;

import java.util.List;

/**
 * Who a process runs as.
 *
 * @param groups supplementary groups
 * @param home the user's home directory, {@code /} where there is no entry
 */
public record Identity(int uid, int gid, List<Integer> groups, String home) {}
