package io.rnic.verbs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a queue pair went to ERROR: which check failed, for what was asked, and what would have been allowed. Hardware
 * leaves it at a status; {@link #toString} says it in one line, which is put together only when it is asked for.
 *
 * @param check           what failed
 * @param byPeer          whether the peer refused it (a Terminate was received, RFC 5040 §4.8), or this side found it
 * @param operation       what failed: a send request, a receive, or the peer's Write or Read that this side refused;
 *                        null where it was none of these
 * @param queuePairNumber the queue pair that was asked
 * @param wrId            the request's number, null where no request of this queue pair is concerned, or its number is
 *                        forgotten: the queue has gone round since
 * @param stag            the STag that was asked for, 0 if none
 * @param access          what was needed, bits of {@link Access}; 0 is local reading
 * @param address         the first byte that was asked for: an address, on the wire a tagged offset
 * @param length          how many bytes; 0 where the STag as such was asked for: its invalidation, or a binding of the
 *                        memory window that has it. Where a time ran out: its milliseconds
 * @param domain          the queue pair's protection domain
 * @param region          the region that has the STag, null if none has or it is not known, and to who asked for one of
 *                        another protection domain
 * @param terminate       as {@link Completion#vendorError}: 0 if no Terminate was sent or received
 */
public record Diagnosis(
        Check check,
        boolean byPeer,
        @Nullable CompletionOpcode operation,
        int queuePairNumber,
        @Nullable Long wrId,
        int stag,
        int access,
        long address,
        long length,
        int domain,
        @Nullable Region region,
        int terminate) {

    /** What failed. */
    public enum Check {
        /** No region has the STag: it is unknown, or deregistered, or its key is an old one. */
        STAG(1, "no memory region has this STag"),
        /** The region is of another protection domain than the queue pair. */
        DOMAIN(2, "the region is of another protection domain"),
        /** The region does not allow it. */
        ACCESS(3, "the region does not allow it"),
        /** Address plus length runs over the end of the address space. */
        WRAP(4, "address plus length runs over the end of the address space"),
        /** Some bytes lie outside the region. */
        BOUNDS(5, "outside the region"),
        /** The memory under the registration is gone: its arena was closed, or its file truncated. */
        MEMORY(6, "the memory is gone: its arena was closed or its file was truncated"),
        /** A message came and no receive was posted. */
        NO_RECEIVE(7, "no receive was posted"),
        /** A message was longer than the receive. */
        RECEIVE_LENGTH(8, "the message is longer than the receive"),
        /** The completion queue was full. */
        COMPLETION_QUEUE(9, "the completion queue overran"),
        /** The peer ended the connection. */
        PEER_DISCONNECTED(10, "the peer ended the connection"),
        /** This side ended the connection: it was disconnected, or moved to ERROR. */
        DISCONNECTED(11, "this side ended the connection"),
        /** The peer sent a Terminate that tells of no request, or says no more than its code. */
        TERMINATE(12, "the peer sent a Terminate"),
        /** A fault that was asked for (setting {@code faults}): a Terminate. */
        INJECTED_TERMINATE(13, "a Terminate that was asked for (setting faults, terminate)"),
        /** The region allows it, but the access flags of the queue pair do not. */
        QUEUE_PAIR_ACCESS(14, "the queue pair's access flags do not allow it, though the region does"),
        /** The target of an atomic is no multiple of 8. */
        ALIGNMENT(15, "an atomic's address must be a multiple of 8"),
        /** The connection has no room for RDMA Reads: its ORD is 0. */
        READS(16, "the connection has no room for RDMA Reads (ord=0)"),
        /** What came is no iWARP, or not what the connection agreed on: the Terminate tells which check failed. */
        PROTOCOL(17, "what the peer sent breaks the protocol"),
        /** A region was not made invalid, for memory windows are bound to it. */
        WINDOWS(18, "memory windows are bound to the region"),
        /** The NIC's own work on the queue pair failed: a fault of this program, told to the uncaught handler. */
        NIC(19, "the NIC failed in its work on this queue pair, a fault of its own"),
        /** There is no such request, or the link has no message for it: iWARP none for a Send with immediate data. */
        OPCODE(20, "there is no such request, or the link has no message for it"
            + " (over TCP none for a Send with immediate data: take a Write with it)"),
        /** A fault that was asked for: a lost connection. */
        INJECTED_DROP(21, "a lost connection that was asked for (setting faults, drop)"),
        /** A fault that was asked for: a completion queue that overruns. */
        INJECTED_OVERRUN(22, "an overrun of the completion queue that was asked for (setting faults, overrun)"),
        /** It was moved to ERROR, and no connection ended by it. */
        MOVED_TO_ERROR(23, "it was moved to ERROR while it was not connected"),
        /** This side dropped its peer, which left something begun for too long (setting {@code tcp.timeout}). */
        PEER_STALLED(24, "tcp.timeout ran out: the peer did not go on with an FPDU or message that it had begun"),
        /** This side dropped its peer, which owed an answer for too long (setting {@code tcp.timeout}). */
        NO_ANSWER(25, "tcp.timeout ran out: the peer did not answer an RDMA Read or atomic"),
        /**
         * The peer, or its machine, was given up, which took nothing, or too little, of what was sent to it (setting
         * {@code tcp.timeout}).
         */
        NOT_TAKEN(26, "tcp.timeout ran out: the peer did not take what was sent to it"),
        /** This side dropped its peer, which had said that it sends first (setting {@code mpa.timeout}). */
        NO_FIRST_MESSAGE(27, "mpa.timeout ran out: the peer, which is to send first, sent nothing"),
        /** The peer asked for a Read or an atomic, and refused what this side answered. */
        ANSWER(28, "this side's answer to the peer's own RDMA Read or atomic");

        private final int code;
        private final String text;

        Check(final int code, final String text) {
            this.code = code;
            this.text = text;
        }

        /** Its number. */
        public int code() {
            return code;
        }

        /**
         * The check with that number.
         *
         * @throws IllegalArgumentException if there is none
         */
        public static Check of(final int code) {
            for (final Check check : values()) {
                if (check.code == code) {
                    return check;
                }
            }
            throw new IllegalArgumentException("unknown check: code=" + code);
        }

        private boolean isOfTime() {
            return this == PEER_STALLED || this == NO_ANSWER || this == NOT_TAKEN || this == NO_FIRST_MESSAGE;
        }

        private boolean isOfMemory() {
            return code <= MEMORY.code || this == QUEUE_PAIR_ACCESS || this == ALIGNMENT || this == WINDOWS;
        }
    }

    /**
     * What a region is.
     *
     * @param domain  its protection domain
     * @param access  what it allows, bits of {@link Access}
     * @param address its first byte
     * @param length  its bytes
     */
    public record Region(int domain, int access, long address, long length) {
    }

    /** One line: who refused what, the check, what was asked for, and what the region is. */
    @Override
    public String toString() {
        final StringBuilder line = new StringBuilder(160).append("queue pair ").append(queuePairNumber).append(':');
        if (operation != null) {
            line.append(' ').append(operation);
        }
        if (wrId != null) {
            line.append(" wr_id=").append(wrId);
        }
        final boolean ofNothing = operation == null && wrId == null;
        final boolean refusedByPeer = byPeer && !(ofNothing && check == Check.TERMINATE);
        line.append(refusedByPeer ? " refused by the peer: " : ofNothing ? " " : ": ").append(check).append(", ")
            .append(text());
        if (check == Check.ANSWER && stag != 0) {
            line.append("; ").append(length).append(" bytes to 0x").append(Long.toHexString(address))
                .append(String.format(" of STag 0x%08x", stag));
        } else if ((check.isOfMemory() || stag != 0) && !isUntold()) {
            appendAsked(line);
        } else if (length > 0) {
            line.append("; ").append(length).append(check.isOfTime() ? " ms" : " bytes");
        }
        if (region != null) {
            line.append("; the region: ").append(region.length).append(" bytes at 0x")
                .append(Long.toHexString(region.address)).append(" for ").append(names(region.access))
                .append(" in protection domain ").append(region.domain);
        }
        if (terminate != 0) {
            line.append("; Terminate ").append((terminate >>> 12) & 0xF).append('/').append((terminate >>> 8) & 0xF)
                .append('/').append(terminate & 0xFF);
        }
        return line.toString();
    }

    /** The peer's Terminate says nothing of what was asked: nobody asks a peer for local reading. */
    private boolean isUntold() {
        return byPeer && access == 0 && stag == 0;
    }

    /** Only what is about an STag as such has no bytes: nothing is checked for those of length 0. */
    private boolean isOfWindow() {
        return length == 0 && operation == CompletionOpcode.BIND_MEMORY_WINDOW;
    }

    private boolean isOfInvalidation() {
        return length == 0 && operation != null && switch (operation) {
            case SEND, RECEIVE, LOCAL_INVALIDATE -> true;
            default -> false;
        };
    }

    private String text() {
        return switch (check) {
            case STAG -> isOfWindow() ? "no memory window has this STag" : check.text;
            case DOMAIN -> isOfWindow() ? "the memory window is of another protection domain" : check.text;
            case PROTOCOL, TERMINATE -> withTerminate();
            default -> check.text;
        };
    }

    /** Nothing but the Terminate says which check it was. */
    private String withTerminate() {
        final String words = terminate == 0 ? "" : TerminateText.of(terminate);
        return words.isEmpty() ? check.text : check.text + ": " + words;
    }

    private void appendAsked(final StringBuilder line) {
        line.append("; asked for ");
        if (isOfWindow()) {
            line.append("a binding of the memory window with");
        } else if (isOfInvalidation()) {
            line.append("the invalidation of");
        } else {
            line.append(length).append(" bytes at 0x").append(Long.toHexString(address)).append(" of");
        }
        line.append(" STag 0x").append(String.format("%08x", stag));
        if (!isOfWindow() && !isOfInvalidation()) {
            line.append(" for ").append(names(access));
        }
        line.append(" from protection domain ").append(domain);
    }

    private static String names(final int bits) {
        final List<String> names = new ArrayList<>();
        for (final Access access : Access.values()) {
            if ((bits & access.bit()) != 0) {
                names.add(access.name());
            }
        }
        return names.isEmpty() ? "local reading" : String.join("|", names);
    }
}
