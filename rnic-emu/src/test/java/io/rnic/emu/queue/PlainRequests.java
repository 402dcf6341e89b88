package io.rnic.emu.queue;

import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** Requests of one piece that lie one behind the other, as a kernel posts them, with rubbish in what is unused. */
public final class PlainRequests {
    private static final byte RUBBISH = (byte) 0xA5;

    private final MemorySegment memory;
    private final int count;

    /** They lie in a list's order. */
    public PlainRequests(final SendRequest... requests) {
        count = requests.length;
        memory = Arena.ofAuto().allocate((long) count * PlainRequestLayout.BYTES, Long.BYTES).fill(RUBBISH);
        for (int i = 0; i < count; i++) {
            write(memory.address() + (long) i * PlainRequestLayout.BYTES, requests[i]);
        }
    }

    private static void write(final long at, final SendRequest request) {
        Words.putLong(at + PlainRequestLayout.WR_ID, request.wrId());
        Words.putLong(at + PlainRequestLayout.REMOTE_ADDRESS, request.remoteAddress());
        Words.putInt(at + PlainRequestLayout.RKEY, request.rkey());
        PlainRequestLayout.write(at, request.opcode().code(), request.flags(), request.sges().address(0),
            request.sges().length(0), request.sges().lkey(0));
    }

    /** Adds them to a list that was begun. */
    public long addTo(final SendQueue sends) {
        try {
            return sends.addPlain(memory.address(), count);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    /** Posts them as a list. */
    public long postTo(final SendQueue sends) {
        sends.begin();
        try {
            return addTo(sends);
        } finally {
            sends.end();
        }
    }
}
