package dev.berth.build.run;

import dev.berth.build.StepEvent;
import dev.berth.build.dockerfile.Dockerfile;
import dev.berth.build.dockerfile.Instruction;
import dev.berth.build.dockerfile.Stage;
import dev.berth.image.oci.ImageException;
import dev.berth.image.registry.Reference;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The steps of a stage as they are numbered for whoever watches: the base that it is built upon, and what may change files. For
 * the stage's thread.
 */
final class StageSteps {
    private final int stage;
    private final String stageName;
    private final boolean upon;
    private final Consumer<StepEvent> listener;
    private int count;
    private int number;
    private Optional<StepEvent.Step> current = Optional.empty();

    private StageSteps(int stage, String stageName, boolean upon, int count, Consumer<StepEvent> listener) {
        this.stage = stage;
        this.stageName = stageName;
        this.upon = upon;
        this.count = count;
        this.listener = listener;
    }

    /** Of a stage that has not begun. */
    static StageSteps none() {
        return new StageSteps(0, "", false, 0, _ -> {});
    }

    /** @param upon whether it is built upon an image, and not upon another stage or nothing */
    static StageSteps of(Dockerfile dockerfile, Stage stage, boolean upon, Consumer<StepEvent> listener) {
        String name = dockerfile.stages().size() == 1 ? "" : stage.name().orElseGet(() -> "stage-" + stage.index());
        int count =
                (int) stage.instructions().stream().filter(StageSteps::isStep).count() + (upon ? 1 : 0);
        return new StageSteps(stage.index(), name, upon, count, listener);
    }

    private static boolean isStep(Instruction instruction) {
        return instruction instanceof Instruction.Run
                || instruction instanceof Instruction.Copy
                || instruction instanceof Instruction.Add
                || instruction instanceof Instruction.Workdir;
    }

    /** There are more than the stage's own, by triggers of its base. */
    void more(int triggers) {
        count += triggers;
    }

    /** The base, by its name; another stage is no step. */
    void beginBase(String name) {
        if (upon) {
            begin("FROM " + whole(name));
        }
    }

    private static String whole(String name) {
        try {
            return Reference.parse(name).withDefaultTag().toString();
        } catch (ImageException e) {
            return name; // which is about to be refused
        }
    }

    void begin(Instruction instruction) {
        if (isStep(instruction)) {
            begin(StageRun.description(instruction));
        }
    }

    private void begin(String text) {
        number++;
        StepEvent.Step step = new StepEvent.Step(stage, stageName, number, Math.max(number, count), text);
        current = Optional.of(step);
        listener.accept(new StepEvent.Begun(step));
    }

    void cached() {
        current.ifPresent(step -> listener.accept(new StepEvent.Cached(step)));
    }

    void printed(StepEvent.Stream stream, byte[] bytes) {
        current.ifPresent(step -> listener.accept(new StepEvent.Printed(step, stream, bytes)));
    }

    void done() {
        current.ifPresent(step -> listener.accept(new StepEvent.Done(step)));
        current = Optional.empty();
    }

    void failed(String reason) {
        current.ifPresent(step -> listener.accept(new StepEvent.Failed(step, reason)));
        current = Optional.empty();
    }
}
