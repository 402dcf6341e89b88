package io.rnic.emu.engine;

import io.rnic.verbs.CompletionOpcode;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A link that delivers at once, in the thread that sends: every delivery comes back with {@link Terminate#NONE}, a
 * Terminate of the peer, or a local code. Called with the lock of the sender's send queue held.
 */
public non-sealed interface DirectLink extends Link {
    /**
     * The receive side, of the same engine, that it delivers to, if it does nothing else: requests of one piece then
     * pass the link by, which with many queue pairs is a cache miss less. Null for a link that looks at what it
     * delivers. Asked once, when it is connected.
     */
    default @Nullable ReceiveFlow near() {
        return null;
    }

    /** A Send is to come: a link whose peer is near may ask for the line that its completion goes to. */
    void expectSend();

    /**
     * Delivers a piece of a Send.
     *
     * @param source        holds the bytes
     * @param sourceOffset  where they begin in it
     * @param length        how many; 0 only for an empty message
     * @param messageOffset how many bytes of the message came before (MO, RFC 5041 §4.3)
     * @param last          whether it is the message's last piece, and nothing but it ends the message
     */
    int send(MemorySegment source, long sourceOffset, int length, int messageOffset, boolean last);

    /**
     * Delivers a piece of an RDMA Write.
     *
     * @param stag         the peer's region
     * @param taggedOffset where in it (TO, RFC 5041 §4.2)
     * @param source       holds the bytes
     * @param sourceOffset where they begin in it
     * @param length       how many
     */
    int write(int stag, long taggedOffset, MemorySegment source, long sourceOffset, int length);

    /**
     * Delivers an RDMA Read Request; when it comes back with NONE the answer is in place.
     *
     * @param sinkStag     the own region that takes the bytes
     * @param sinkOffset   where in it
     * @param length       how many
     * @param sourceStag   the peer's region that has them
     * @param sourceOffset where in it
     */
    int read(int sinkStag, long sinkOffset, int length, int sourceStag, long sourceOffset);

    /** What the peer noted when it refused what was delivered last, for a diagnosis; null if that is not known. */
    @Nullable Fault refusal();

    /**
     * Delivers an atomic request; when it comes back with NONE the original value is in the sink.
     *
     * @param stag         the peer's region
     * @param taggedOffset where in it the 8 bytes are
     * @param swaps        whether to compare and swap, or to fetch and add
     * @param operand      what to add or swap in
     * @param comparand    what must be there for a swap
     * @param sinkKey      the local key of the 8 bytes that take the original value: it stays on this side
     * @param sinkAddress  their address
     */
    int atomic(int stag, long taggedOffset, boolean swaps, long operand, long comparand, int sinkKey, long sinkAddress);

    /**
     * Makes an STag of the peer invalid, for the Send whose pieces were delivered before; what found it before may
     * still use it for a grace period.
     */
    int invalidate(int stag);

    /**
     * Ends a message whose pieces were delivered before, none of them as the last: the peer's receive completes.
     *
     * @param opcode    of that completion
     * @param length    bytes of the message
     * @param carried   what the completion carries: {@link io.rnic.emu.queue.CompletionLayout#IMMEDIATE}, INVALIDATED
     *                  or 0
     * @param value     the immediate data or the STag
     * @param solicited whether it is solicited
     */
    int finish(CompletionOpcode opcode, int length, long carried, long value, boolean solicited);
}
