package io.rnic.emu;

import io.rnic.emu.queue.EventChannel;

/** A completion channel of a context. */
public final class ChannelResource {
    private final DeviceContext context;
    private final EventChannel channel;
    private final Usage usage;

    ChannelResource(final DeviceContext context, final EventChannel channel) {
        this.context = context;
        this.channel = channel;
        usage = new Usage(channel.toString());
    }

    /** Where events arrive. */
    public EventChannel channel() {
        return channel;
    }

    /** Destroys the channel; BUSY while completion queues use it. */
    public void close() {
        usage.close();
        channel.close();
        context.usage().remove(this);
    }

    DeviceContext context() {
        return context;
    }

    /** Who uses it, and whether it is open. */
    public Usage usage() {
        return usage;
    }
}
