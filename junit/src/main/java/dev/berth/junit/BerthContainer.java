package dev.berth.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Has the container of a field, which is a {@link ContainerFixture}, run while tests do: of a static field for all tests of the
 * class, of another for each test anew. It is started before the class's own methods with {@code @BeforeAll} or
 * {@code @BeforeEach} are called, and removed after those with {@code @AfterAll} or {@code @AfterEach}.
 *
 * <p>Tests may run in parallel. What then cannot be is told: two classes, or two tests of one instance, that each want a
 * container of one and the same field for themselves.
 */
@Documented
@Target({ElementType.FIELD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BerthExtension.class)
public @interface BerthContainer {
    /**
     * Whether one container serves all classes that have the field, by inheritance or from an interface: started for the first
     * of them, and removed at the end of the run. The field is static.
     */
    boolean shared() default false;
}
