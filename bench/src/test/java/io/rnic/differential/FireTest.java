package io.rnic.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.RnicTest;
import io.rnic.verbs.RnicOptions;

/**
 * Memory safety under fire: threads place at full speed into memory that others register, deregister and free, over
 * connections that others break. After a deregistration nothing is placed, the JVM lives, and nothing waits for ever.
 */
class FireTest {
    private static final long SECONDS = TestProperties.get(TestProperties.FIRE_SECONDS, 3);

    @RnicTest(threading = {"invoker", "dedicated"})
    void shouldPlaceNothingAfterDeregistration(final RnicOptions options) throws Exception {
        final FireCounts counts = Fire.run(options, SECONDS);

        System.out.printf("fire, %s %s: %s%n", options.effective().get(RnicOptions.FRONT_END),
            options.effective().get("threading"), counts);
        assertThat(counts.hasAll()).as(counts.toString()).isTrue();
    }
}
