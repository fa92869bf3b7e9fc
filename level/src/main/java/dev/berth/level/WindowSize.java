package dev.berth.level;

/** A terminal's size in character cells. */
public record WindowSize(int rows, int columns) {
    /** Unknown: the kernel's own default stays. */
    public static final WindowSize UNKNOWN = new WindowSize(0, 0);
}
