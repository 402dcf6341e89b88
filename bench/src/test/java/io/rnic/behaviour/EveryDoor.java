package io.rnic.behaviour;

import io.rnic.testing.RnicTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Timeout;

/** A test that runs through both front ends, in both threading modes, over both links; one that hangs fails. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@RnicTest(threading = {"invoker", "dedicated"}, link = {"loopback", "tcp"})
@Timeout(60)
public @interface EveryDoor {
}
