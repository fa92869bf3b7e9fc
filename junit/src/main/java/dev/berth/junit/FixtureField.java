package dev.berth.junit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * A field with {@link BerthContainer}.
 *
 * @param label as people know it: {@code ShopTest.DATABASE}
 */
record FixtureField(ContainerFixture fixture, String label, boolean shared) {
    /** Those of a class, its superclasses and interfaces. */
    static List<FixtureField> ofClass(Class<?> type) {
        return find(type, null, field -> Modifier.isStatic(field.getModifiers()));
    }

    /** Those of an object of a test class. */
    static List<FixtureField> ofInstance(Object instance) {
        return find(instance.getClass(), instance, field -> !Modifier.isStatic(field.getModifiers()));
    }

    private static List<FixtureField> find(Class<?> type, @Nullable Object instance, Predicate<Field> which) {
        return AnnotationSupport.findAnnotatedFields(type, BerthContainer.class, which, HierarchyTraversalMode.TOP_DOWN)
                .stream()
                .map(field -> read(field, instance))
                .toList();
    }

    private static FixtureField read(Field field, @Nullable Object instance) {
        String label = field.getDeclaringClass().getSimpleName() + "." + field.getName();
        boolean shared = AnnotationSupport.findAnnotation(field, BerthContainer.class)
                .map(BerthContainer::shared)
                .orElse(false);
        if (shared && instance != null) {
            throw new FixtureException(
                    label + " has @BerthContainer(shared = true) and is a field of each object: make it static");
        }
        if (!ContainerFixture.class.isAssignableFrom(field.getType())) {
            throw new FixtureException(label + " has @BerthContainer and is a "
                    + field.getType().getSimpleName() + ": make it a ContainerFixture");
        }
        return new FixtureField(value(field, instance, label), label, shared);
    }

    private static ContainerFixture value(Field field, @Nullable Object instance, String label) {
        Optional<Object> value;
        try {
            value = Optional.ofNullable(
                    ReflectionSupport.tryToReadFieldValue(field, instance).get());
        } catch (Exception e) {
            throw new FixtureException(label + " could not be read: " + e.getMessage(), e);
        }
        return value.map(ContainerFixture.class::cast)
                .orElseThrow(() -> new FixtureException(label
                        + " has @BerthContainer and no value: say what it runs with ContainerFixture.of(…)"
                        + " where it is declared"));
    }
}
