package io.rnic.behaviour;

import io.rnic.testing.RnicTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Timeout;

/** As {@link EveryDoor}, for what makes sense over one link only; the test says why. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@RnicTest(threading = {"invoker", "dedicated"}, link = "tcp")
@Timeout(60)
public @interface OverTcp {
}
