package dev.berth.example;

import java.util.stream.IntStream;

/** Tells the sum of the numbers up to one. */
public final class Answer {
    private Answer() {}

    public static void main(String[] args) {
        int last = args.length > 0 ? Integer.parseInt(args[0]) : 8;
        System.out.println("Java " + Runtime.version().feature() + " says "
                + IntStream.rangeClosed(1, last).sum());
    }
}
