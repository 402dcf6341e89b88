package io.rnic.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once for each front end on the class or module path, in each threading mode asked for. It may take
 * these parameters, and so may its {@code @BeforeEach} and {@code @AfterEach} methods, which are given the same ones:
 *
 * <ul>
 * <li>{@link io.rnic.verbs.Rnic Rnic}: an opened NIC;</li>
 * <li>{@link ConnectedPair}: two connected sides, on two more opened NICs;</li>
 * <li>{@link io.rnic.verbs.RnicOptions RnicOptions}: to open yet more.</li>
 * </ul>
 *
 * <p>All are of one device, which no other test has: tests may run at the same time. What the extension has made it
 * closes. A test that passes but leaves objects of its own open (queue pairs, completion queues and channels, regions,
 * domains, listeners; locked memory) fails, and is told their names and the lines that made them.
 *
 * <p>May be put on an annotation of your own, to say once what all your tests want.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(RnicTestExtension.class)
public @interface RnicTest {
    /** Of {@link #frontEnds}: all that there are on the class or module path. */
    String ALL = "all";
    /** Of {@link #link}: what is configured, {@code auto} if nothing is. */
    String CONFIGURED = "configured";

    /** The front ends by name, or {@link #ALL}. */
    String[] frontEnds() default ALL;

    /** The threading modes: {@code invoker}, {@code dedicated}. */
    String[] threading() default "invoker";

    /**
     * The links, values of the setting {@code link}: {@code loopback}, {@code tcp} (iWARP through sockets of this
     * machine), {@code auto}; or {@link #CONFIGURED}.
     */
    String[] link() default CONFIGURED;

    /**
     * More settings of {@link io.rnic.verbs.RnicOptions}, as {@code name=value}, each once, and not those that have an
     * attribute here; {@code device} is the extension's. Without a setting {@code pinning}
     * here or in a system property memory is {@code accounted}: no limit of the machine matters to the test.
     */
    String[] settings() default {};

    /** What the NIC is to do wrong: the setting {@code faults}, for instance {@code drop:4096}; see {@link Faults}. */
    String faults() default "";
}
