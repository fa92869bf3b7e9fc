package dev.berth.testing;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Evaluates {@link Needs}. */
final class NeedsCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        List<String> missing =
                context.getElement().flatMap(e -> AnnotationSupport.findAnnotation(e, Needs.class)).stream()
                        .flatMap(needs -> Arrays.stream(needs.value()))
                        .filter(need -> !need.present())
                        .map(Need::description)
                        .toList();
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("all needs are met");
        }
        String what = "needs " + String.join(", ", missing);
        if ("true".equals(System.getenv("CI"))) {
            throw new IllegalStateException(context.getDisplayName() + " " + what + "; in CI nothing is skipped");
        }
        return ConditionEvaluationResult.disabled(what);
    }
}
