package io.rnic.bench.tcp;

import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import java.time.Duration;

/** Those who connect to a server. */
public final class Requests {
    private static final Duration NAP = Duration.ofSeconds(1);

    private Requests() {
    }

    /**
     * Waits for the next one, for ever if need be.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public static ConnectionRequest await(final Listener listener) throws InterruptedException {
        return await(listener, () -> { });
    }

    /**
     * The same; {@code meanwhile} is run each second, and when the next one is there.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public static ConnectionRequest await(final Listener listener, final Runnable meanwhile)
        throws InterruptedException {
        ConnectionRequest request = listener.await(NAP);
        while (request == null) {
            meanwhile.run();
            request = listener.await(NAP);
        }
        meanwhile.run();
        return request;
    }
}
