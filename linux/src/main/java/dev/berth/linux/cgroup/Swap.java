package dev.berth.linux.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a host has any swap space. */
public record Swap(boolean present) {
    /** From {@code /proc/swaps}, which has a heading and a line an area. */
    public static Swap ofHost() {
        try {
            return new Swap(Files.readAllLines(Path.of("/proc/swaps")).size() > 1);
        } catch (IOException e) {
            return new Swap(false); // the file is there whenever the kernel can swap
        }
    }
}
