package dev.berth.testing;

import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Takes a picture of the host before a test class and compares it after. */
final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LeakCheck.class);
    /** The kernel removes some things a moment after their last user is gone; so long do we look again. */
    private static final long PATIENCE_MILLIS = 3_000;

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(NAMESPACE).put(context.getUniqueId(), HostTraces.now());
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        HostTraces before = Objects.requireNonNull(
                context.getStore(NAMESPACE).remove(context.getUniqueId(), HostTraces.class),
                "beforeAll was not called");
        Set<String> left = HostTraces.now().minus(before);
        for (long waited = 0; !left.isEmpty() && waited < PATIENCE_MILLIS; waited += 100) {
            Thread.sleep(100);
            left = HostTraces.now().minus(before);
        }
        if (!left.isEmpty()) {
            throw new AssertionError(context.getDisplayName() + " left behind:\n  " + String.join("\n  ", left));
        }
    }
}
