package dev.berth.build.run;

import dev.berth.build.dockerfile.Variables;

/** What a stage has come to, and the variables at its end. */
record StageResult(StepState state, Variables variables) {}
