package io.rnic.emu;

import io.rnic.emu.connection.Listening;

/** A listener of a context. */
public final class ListenerResource {
    private final DeviceContext context;
    private final Listening listening;
    private final Usage usage;

    ListenerResource(final DeviceContext context, final Listening listening) {
        this.context = context;
        this.listening = listening;
        usage = new Usage(listening.toString());
    }

    /** Where requests arrive. */
    public Listening listening() {
        return listening;
    }

    /** Stops listening and refuses what waits. */
    public void close() {
        usage.close();
        listening.close();
        context.usage().remove(this);
    }

    /** Whether it is open. */
    public Usage usage() {
        return usage;
    }
}
