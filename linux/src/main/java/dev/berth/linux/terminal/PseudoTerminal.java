package dev.berth.linux.terminal;

import dev.berth.linux.Fd;

/**
 * The two sides of a pseudo-terminal (pty(7)). Closing this closes both; whoever hands one to a child closes its own
 * copy of the terminal's side, so that the end of the last process shows on the other.
 *
 * @param master the engine's side, non-blocking
 * @param terminal the processes' side
 * @param number its name under {@code /dev/pts}
 */
public record PseudoTerminal(Fd master, Fd terminal, int number) implements AutoCloseable {
    /** Tells its size in character cells; the processes get SIGWINCH. */
    public void resize(int rows, int columns) {
        resize(master, rows, columns);
    }

    /** The same, by the engine's side alone. */
    public static void resize(Fd master, int rows, int columns) {
        Terminal.setSize(master, rows, columns);
    }

    @Override
    public void close() {
        terminal.close();
        master.close();
    }
}
