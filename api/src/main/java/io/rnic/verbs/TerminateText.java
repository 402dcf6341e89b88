package io.rnic.verbs;

/**
 * What a Terminate says, in words: the rows of RFC 5040 §4.8 (RDMAP), RFC 5041 §8 (DDP), and RFC 5044 §8 and RFC 6581
 * §8 (MPA).
 */
final class TerminateText {
    private TerminateText() {
    }

    /**
     * The check that failed.
     *
     * @param terminate layer, error type and error code as {@link Completion#vendorError} has them
     * @return empty if no RFC has a row for it
     */
    static String of(final int terminate) {
        return switch (terminate >>> 12 & 0xF) {
            case 0 -> ofRdmap(terminate & 0xFFF);
            case 1 -> ofDdp(terminate & 0xFFF);
            case 2 -> ofMpa(terminate & 0xFFF);
            default -> "";
        };
    }

    private static String ofRdmap(final int typeAndCode) {
        return switch (typeAndCode) {
            case 0x000 -> "an error of the machine that refused";
            case 0x100 -> "no such STag";
            case 0x101 -> "outside the bounds of the STag";
            case 0x102 -> "an access that is not allowed";
            case 0x103 -> "an STag of another stream";
            case 0x104 -> "a tagged offset that runs over";
            case 0x109 -> "an STag that the peer may not invalidate";
            case 0x205 -> "another version of RDMAP";
            case 0x206 -> "an opcode that there is not, or not there";
            case 0x207 -> "something that RDMAP has no other code for";
            case 0x208 -> "an error of all streams";
            case 0x209 -> "an STag that cannot be invalidated";
            default -> "";
        };
    }

    private static String ofDdp(final int typeAndCode) {
        return switch (typeAndCode) {
            case 0x000 -> "an error of the side that refused, as of a receive's memory";
            case 0x100 -> "no such STag";
            case 0x101 -> "outside the bounds of the STag";
            case 0x102 -> "an STag of another stream";
            case 0x103 -> "a tagged offset that runs over";
            case 0x104, 0x206 -> "another version of DDP";
            case 0x201 -> "no such queue, or not for such a message";
            case 0x202 -> "no receive is there for it";
            case 0x203 -> "an MSN that is not the next one";
            case 0x204 -> "a message offset where the message does not go on";
            case 0x205 -> "a message that is longer than its receive";
            default -> "";
        };
    }

    private static String ofMpa(final int typeAndCode) {
        return switch (typeAndCode) {
            case 0x001 -> "the TCP connection is gone";
            case 0x002 -> "a CRC that is not that of the bytes";
            case 0x003 -> "a length that cannot be, or that the markers contradict";
            case 0x004 -> "no set-up frame";
            case 0x005 -> "an error of the side that refused, as of want of memory";
            case 0x006 -> "more RDMA Reads than the peer answers (IRD)";
            case 0x007 -> "no first message that both sides can do";
            default -> "";
        };
    }
}
