package io.rnic.emu.engine;

import java.lang.foreign.MemorySegment;

/**
 * A link over a stream of bytes, which carries segments of DDP (RFC 5041): what is sent is on its way, and what it
 * leads to comes back later. Called with the lock of the sender's send queue held, but for what says otherwise.
 *
 * <pre>
 *   isReady? -- tagged or untagged -- payload, payload ... -- end or abandon -- ... -- flush
 * </pre>
 */
public non-sealed interface StreamLink extends Link {
    /**
     * Whether a segment may be sent now. When a link that was not becomes ready, it has {@link Engine#process} called
     * for its queue pair, in a thread that holds no lock.
     */
    boolean isReady();

    /**
     * Has {@link Engine#process} called for its queue pair soon, in a thread that holds no lock: others have their turn
     * before the rest is sent.
     */
    void later();

    /** How many bytes of payload a tagged segment may have. */
    int maxTagged();

    /** How many bytes of payload an untagged segment may have. */
    int maxUntagged();

    /**
     * Begins a tagged segment.
     *
     * @param opcode       of RDMAP
     * @param stag         whose memory
     * @param taggedOffset where in it
     * @param length       bytes of payload that follow
     * @param last         whether it is the message's last segment
     */
    void tagged(int opcode, int stag, long taggedOffset, int length, boolean last);

    /**
     * Begins an untagged segment.
     *
     * @param opcode        of RDMAP
     * @param stag          what is to be invalidated, or 0
     * @param msn           the message's number in its queue, which the opcode tells
     * @param messageOffset how many bytes of the message came before
     * @param length        bytes of payload that follow
     * @param last          whether it is the message's last segment
     */
    void untagged(int opcode, int stag, int msn, int messageOffset, int length, boolean last);

    /**
     * Adds bytes to the segment; they are the link's own, or looked at before {@link #end} or what follows has left.
     *
     * @return {@link Terminate#NONE}, or LOCAL_FAULT if they cannot be read: then the segment is to be abandoned
     */
    int payload(MemorySegment source, long sourceOffset, int length);

    /**
     * Ends the segment, whose payload is whole.
     *
     * @param follows whether another is begun, or {@link #flush} called, before the application is told of anything:
     *                until then what was added may be looked at, and leave with what follows
     * @return {@link Terminate#NONE}; LOCAL_FAULT if its bytes cannot be read, or those of one that was to leave with
     *         it; CONNECTION_LOST: it was not sent
     */
    int end(boolean follows);

    /** Takes a begun segment back. */
    void abandon();

    /**
     * Nothing follows for now: what was gathered leaves.
     *
     * @return as {@link #end}; after LOCAL_FAULT the connection cannot go on: a segment was ended that did not leave
     */
    int flush();

    /**
     * Tells the peer why the connection ends; the last that is sent. Any thread.
     *
     * @param code        as {@link Terminate}
     * @param ulpdu       the segment that is refused, from its DDP header on
     * @param ulpduLength its bytes; 0 if there is none
     */
    void terminate(int code, MemorySegment ulpdu, int ulpduLength);
}
