package dev.berth.junit;

import dev.berth.embedded.Berth;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** What {@link WithBerth} and {@link BerthContainer} bring into a test class. */
public final class BerthExtension
        implements BeforeAllCallback,
                BeforeEachCallback,
                ParameterResolver,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    /** For JUnit. */
    public BerthExtension() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        Scope.open(context, FixtureField.ofClass(context.getRequiredTestClass()));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        List<FixtureField> fields = new ArrayList<>();
        for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
            fields.addAll(FixtureField.ofInstance(instance));
        }
        Scope.open(context, fields);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Berth.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return SharedEngine.of(context);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        report(context, failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        report(context, failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        report(context, failure);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        report(context, failure);
    }

    @Override
    public void handleAfterAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        report(context, failure);
    }

    /** Goes on with the failure, with what the containers have printed. */
    private static void report(ExtensionContext context, Throwable failure) throws Throwable {
        if (!(failure instanceof TestAbortedException)) {
            ContainerReport.attach(failure, Scope.visible(context));
        }
        throw failure;
    }
}
