package dev.berth.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Fails a test class after which the host has a mount, a cgroup, a network interface or a child process that was not
 * there before, or after which this JVM has more open file descriptors to containers' things (pipes, pidfds, ptys)
 * than before.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LeakCheck.class)
public @interface LeavesNothingBehind {}
