package dev.berth.build;

/** What happens to a step of a build. Settings alone make no step: they take no time, and change no file. */
public sealed interface StepEvent {
    /** Which step it is. */
    Step step();

    /** It is its turn. */
    record Begun(Step step) implements StepEvent {}

    /** What it comes to was known. */
    record Cached(Step step) implements StepEvent {}

    /** Its command prints something. */
    record Printed(Step step, Stream stream, byte[] bytes) implements StepEvent {}

    /** It has come to its end. */
    record Done(Step step) implements StepEvent {}

    /** It has failed, and the build with it. */
    record Failed(Step step, String reason) implements StepEvent {}

    /** Where a command prints to. */
    enum Stream {
        STDOUT,
        STDERR
    }

    /**
     * A step.
     *
     * @param stage its stage's number in the Dockerfile
     * @param stageName what the stage is called; empty where it is the only one
     * @param number within its stage, from 1
     * @param count how many its stage has
     * @param text as the Dockerfile has it
     */
    record Step(int stage, String stageName, int number, int count, String text) {
        /** What it is called, {@code [build 2/3] RUN make}. */
        public String name() {
            String padded = " "
                            .repeat(String.valueOf(count).length()
                                    - String.valueOf(number).length())
                    + number;
            return "[" + (stageName.isEmpty() ? "" : stageName + " ") + padded + "/" + count + "] " + text;
        }
    }
}
