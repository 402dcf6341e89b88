package io.rnic.emu.wire;

/**
 * The messages of RDMAP (RFC 5040 §4.1, RFC 7306 §4.1).
 *
 * <pre>
 *   opcode  message                          T  QN  after the DDP header
 *      0    RDMA Write                       1      payload
 *      1    RDMA Read Request                0   1  ReadRequestHeader
 *      2    RDMA Read Response               1      payload
 *      3    Send                             0   0  payload
 *      4    Send with Invalidate             0   0  payload
 *      5    Send with Solicited Event        0   0  payload
 *      6    Send with both                   0   0  payload
 *      7    Terminate                        0   2  TerminateHeader
 *      8    Immediate Data                   0   0  ImmediateData
 *      9    Immediate Data with SE           0   0  ImmediateData
 *     10    Atomic Request                   0   1  AtomicRequestHeader
 *     11    Atomic Response                  0   3  AtomicResponseHeader
 * </pre>
 */
public final class RdmapOpcode {
    /** RDMA Write. */
    public static final int WRITE = 0;
    /** RDMA Read Request. */
    public static final int READ_REQUEST = 1;
    /** RDMA Read Response. */
    public static final int READ_RESPONSE = 2;
    /** Send. */
    public static final int SEND = 3;
    /** Send with Invalidate. */
    public static final int SEND_INVALIDATE = 4;
    /** Send with Solicited Event. */
    public static final int SEND_SOLICITED = 5;
    /** Send with Solicited Event and Invalidate. */
    public static final int SEND_SOLICITED_INVALIDATE = 6;
    /** Terminate. */
    public static final int TERMINATE = 7;
    /** Immediate Data. */
    public static final int IMMEDIATE = 8;
    /** Immediate Data with Solicited Event. */
    public static final int IMMEDIATE_SOLICITED = 9;
    /** Atomic Request. */
    public static final int ATOMIC_REQUEST = 10;
    /** Atomic Response. */
    public static final int ATOMIC_RESPONSE = 11;

    /** The queue of Sends and immediate data. */
    public static final int SEND_QUEUE = 0;
    /** The queue of RDMA Read Requests and Atomic Requests. */
    public static final int READ_REQUEST_QUEUE = 1;
    /** The queue of Terminates. */
    public static final int TERMINATE_QUEUE = 2;
    /** The queue of Atomic Responses. */
    public static final int ATOMIC_RESPONSE_QUEUE = 3;

    private static final int LAST_OPCODE = ATOMIC_RESPONSE;
    private static final int LAST_QUEUE = ATOMIC_RESPONSE_QUEUE;
    private static final int TAGGED = 1 << WRITE | 1 << READ_RESPONSE;
    private static final int INVALIDATES = 1 << SEND_INVALIDATE | 1 << SEND_SOLICITED_INVALIDATE;
    private static final int SOLICITED =
        1 << SEND_SOLICITED | 1 << SEND_SOLICITED_INVALIDATE | 1 << IMMEDIATE_SOLICITED;
    /** The queue of each opcode, a hexadecimal digit each. */
    private static final long QUEUES = 0x3100_2000_0010L;

    private RdmapOpcode() {
    }

    /** Whether it is one. */
    public static boolean isKnown(final int opcode) {
        return opcode >= 0 && opcode <= LAST_OPCODE;
    }

    /** Whether it goes to a tagged buffer; of a known opcode. */
    public static boolean isTagged(final int opcode) {
        return (TAGGED >>> opcode & 1) != 0;
    }

    /** Whether it is one of the four Sends. */
    public static boolean isSend(final int opcode) {
        return opcode >= SEND && opcode <= SEND_SOLICITED_INVALIDATE;
    }

    /** Whether it is immediate data. */
    public static boolean isImmediate(final int opcode) {
        return opcode == IMMEDIATE || opcode == IMMEDIATE_SOLICITED;
    }

    /** Whether it makes an STag invalid; of a known opcode. */
    public static boolean invalidates(final int opcode) {
        return (INVALIDATES >>> opcode & 1) != 0;
    }

    /** Whether the peer answers it. */
    public static boolean isAnswered(final int opcode) {
        return opcode == READ_REQUEST || opcode == ATOMIC_REQUEST;
    }

    /** Whether its receive makes a solicited event; of a known opcode. */
    public static boolean isSolicited(final int opcode) {
        return (SOLICITED >>> opcode & 1) != 0;
    }

    /** The Send that invalidates or not, and is solicited or not. */
    public static int send(final boolean invalidates, final boolean solicited) {
        return SEND + (invalidates ? 1 : 0) + (solicited ? 2 : 0);
    }

    /** Immediate data that is solicited or not. */
    public static int immediate(final boolean solicited) {
        return solicited ? IMMEDIATE_SOLICITED : IMMEDIATE;
    }

    /** The queue that it goes to; of a known untagged opcode. */
    public static int queueNumber(final int opcode) {
        return (int) (QUEUES >>> (opcode << 2)) & 0xF;
    }

    /** Whether any message goes to that queue. */
    static boolean isKnownQueue(final int queueNumber) {
        return queueNumber >= 0 && queueNumber <= LAST_QUEUE;
    }

    /** What follows the DDP header when that has always the same length, else -1; of a known opcode. */
    static int fixedLength(final int opcode) {
        return switch (opcode) {
            case READ_REQUEST -> ReadRequestHeader.LENGTH;
            case IMMEDIATE, IMMEDIATE_SOLICITED -> ImmediateData.LENGTH;
            case ATOMIC_REQUEST -> AtomicRequestHeader.LENGTH;
            case ATOMIC_RESPONSE -> AtomicResponseHeader.LENGTH;
            default -> -1;
        };
    }

    /** Its name. */
    public static String name(final int opcode) {
        return switch (opcode) {
            case WRITE -> "WRITE";
            case READ_REQUEST -> "READ_REQUEST";
            case READ_RESPONSE -> "READ_RESPONSE";
            case SEND -> "SEND";
            case SEND_INVALIDATE -> "SEND_INVALIDATE";
            case SEND_SOLICITED -> "SEND_SOLICITED";
            case SEND_SOLICITED_INVALIDATE -> "SEND_SOLICITED_INVALIDATE";
            case TERMINATE -> "TERMINATE";
            case IMMEDIATE -> "IMMEDIATE";
            case IMMEDIATE_SOLICITED -> "IMMEDIATE_SOLICITED";
            case ATOMIC_REQUEST -> "ATOMIC_REQUEST";
            case ATOMIC_RESPONSE -> "ATOMIC_RESPONSE";
            default -> "OPCODE_" + opcode;
        };
    }
}
