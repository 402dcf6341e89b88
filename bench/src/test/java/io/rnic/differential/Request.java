package io.rnic.differential;

import io.rnic.verbs.Opcode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is posted: memory is named by regions, so that a program says the same wherever its memory lies. */
final class Request {
    /** The region of an absolute address. */
    static final int NOWHERE = -1;

    private Request() {
    }

    /** Which key is given. */
    enum KeyKind {
        /** The region's own; after deregistration a dead one. */
        OWN,
        /** The region's with another low byte. */
        STALE,
        /** One that no region has. */
        UNKNOWN,
        /** Zero. */
        ZERO,
        /** A memory window's; of one that is closed, the last that it had. */
        WINDOW,
        /** A memory window's before that. */
        OLD_WINDOW
    }

    /** The slot is a region's or a window's. */
    record Key(KeyKind kind, int slot) {
        @Override
        public String toString() {
            return switch (kind) {
                case OWN -> "key r" + slot;
                case STALE -> "stale key of r" + slot;
                case UNKNOWN -> "unknown key";
                case ZERO -> "key 0";
                case WINDOW -> "key w" + slot;
                case OLD_WINDOW -> "old key of w" + slot;
            };
        }
    }

    /** An address: an offset in a region, or an absolute one. */
    record Place(int region, long offset) {
        @Override
        public String toString() {
            return region == NOWHERE ? "address " + offset : "r" + region + (offset < 0 ? "" : "+") + offset;
        }
    }

    /** A piece of memory. */
    record Piece(Key key, Place place, int length) {
        @Override
        public String toString() {
            final boolean usual = key.kind == KeyKind.OWN && key.slot == place.region;
            return "[" + place + ", " + length + " bytes" + (usual ? "" : ", " + key) + "]";
        }
    }

    /** Data in the request itself; {@code length} is what is said, the data is long enough. */
    record Inline(int length, int value) {
        byte[] data() {
            final byte[] data = new byte[Math.max(0, length)];
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) (value + 31 * i);
            }
            return data;
        }
    }

    /**
     * A request of the send queue; key and place of the peer where it has one, the key alone where it makes one
     * invalid or is the next one's that a window is bound by. The operand is what is added, swapped in, or sent as
     * immediate data; the length of a binding, whose access is the comparand.
     */
    record Send(Opcode opcode, long wrId, List<Piece> pieces, @Nullable Inline inline, Key rkey, Place remote,
        long operand, long comparand, boolean signalled) {

        /** Asks for an event that nobody waits for: the request goes another way, and does the same. */
        boolean solicited() {
            return wrId % 5 == 0;
        }

        /** Changes nothing on loopback. */
        boolean fenced() {
            return wrId % 7 == 0;
        }

        long length() {
            return inline != null ? inline.length : Request.length(pieces);
        }

        @Override
        public String toString() {
            return opcode + " #" + wrId + " " + (inline == null ? "" : inline) + (pieces.isEmpty() ? "" : pieces)
                + switch (opcode) {
                    case SEND -> "";
                    case RDMA_WRITE, RDMA_READ -> " remote " + remote + " " + rkey;
                    case SEND_WITH_IMMEDIATE -> " immediate " + operand;
                    case LOCAL_INVALIDATE, SEND_WITH_INVALIDATE -> " " + rkey;
                    case BIND_MEMORY_WINDOW -> " next " + rkey + " to " + remote + ", " + operand + " bytes, "
                        + Call.names((int) comparand);
                    default -> " remote " + remote + " " + rkey + " operands " + operand + ", " + comparand;
                } + (solicited() ? " solicited" : "") + (signalled ? "" : " unsignalled");
        }
    }

    /** A request of the receive queue. */
    record Receive(long wrId, List<Piece> pieces) {
        @Override
        public String toString() {
            return "#" + wrId + " " + pieces;
        }
    }

    /** All pieces together; below 0 if one of them is. */
    static long length(final List<Piece> pieces) {
        long sum = 0;
        for (final Piece piece : pieces) {
            if (piece.length < 0) {
                return -1;
            }
            sum += piece.length;
        }
        return sum;
    }
}
