package dev.berth.api.http;

/**
 * Who has connected to a Unix socket, as the kernel says (SO_PEERCRED of unix(7)).
 *
 * @param pid the process as we see it; it may be gone, and its number another's
 * @param uid its user then, as our user namespace has it
 */
public record ClientProcess(int pid, int uid) {}
