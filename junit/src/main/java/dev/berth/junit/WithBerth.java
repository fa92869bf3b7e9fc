package dev.berth.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class an engine: constructors, tests and methods around them can have a parameter of the type {@link
 * dev.berth.embedded.Berth}. A class that has fields with {@link BerthContainer} needs it for such parameters alone.
 *
 * <p>The engine is what JUnit's configuration parameters say, or what is usual: {@code berth.cache} is the folder of images (see
 * {@link dev.berth.embedded.BerthOptions}), {@code berth.insecure-registries} are registries without certificates, separated by
 * commas, and {@code berth.mirrors} mirrors of Docker Hub. The tests do not close it: it ends with the run.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BerthExtension.class)
public @interface WithBerth {}
