package io.rnic.emu.host;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import org.agrona.concurrent.UnsafeBuffer;

/** What the JVM must have been started with. */
public final class JvmOptions {
    private JvmOptions() {
    }

    /**
     * Checks that Agrona may reach what its buffers rest on, so that its absence is told here and not in the middle.
     *
     * @throws RnicException INVALID_STATE with the options that are missing
     */
    public static void check() {
        try {
            new UnsafeBuffer(new byte[Long.BYTES]).putLongVolatile(0, 1);
        } catch (final IllegalAccessError | ExceptionInInitializerError | NoClassDefFoundError e) {
            final RnicException missing = new RnicException(RnicError.INVALID_STATE,
                "the JVM lacks an option: start it with --add-opens java.base/jdk.internal.misc=ALL-UNNAMED"
                    + " --enable-native-access=ALL-UNNAMED (on the module path: =org.agrona and =io.rnic.emu)");
            missing.initCause(e);
            throw missing;
        }
    }
}
