package io.rnic.emu.link;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Lets an event loop that has just read much look again for a moment before it sleeps: a stream of long messages goes
 * on, and to be woken for each costs the sender too. Belongs to its loop's thread.
 */
final class LoopSpin implements SelectStrategy {
    /** A read of so many bytes is a part of a stream. */
    static final int MUCH_BYTES = 1 << 14;
    private static final long SPIN_NS = 50_000;
    private static final FastThreadLocal<@Nullable LoopSpin> OF_LOOP = new FastThreadLocal<>();

    private boolean joined;
    private boolean spinning;
    private long untilNs;

    /** The calling thread has read much; harmless in another than a loop's. */
    static void begin() {
        final LoopSpin spin = OF_LOOP.get();
        if (spin != null) {
            spin.untilNs = System.nanoTime() + SPIN_NS;
            spin.spinning = true;
        }
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // yield is the point: another thread may need this core
    public int calculateStrategy(final IntSupplier selectNow, final boolean hasTasks) throws Exception {
        if (!joined) {
            joined = true;
            OF_LOOP.set(this);
        }
        if (!hasTasks && !spinning) {
            return SELECT;
        }
        final int ready = selectNow.get();
        if (ready == 0 && spinning) {
            spinning = System.nanoTime() - untilNs < 0;
            Thread.yield();
        }
        return ready;
    }
}
