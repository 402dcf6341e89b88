package io.rnic.bench.perftest;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The private data by which a queue pair is connected: what this side runs, and where its memory is. Big-endian:
 *
 * <pre>
 *    0 magic 4 | version 2 | test 1 | verdict 1
 *    8 bytes 4 | iterations 4
 *   16 seconds 4 | queue pairs 2 | index 2
 *   24 session 8
 *   32 address of the buffer 8
 *   40 key of the buffer 4 | reserved 4, zeros
 *   48 address of the credit 8
 * </pre>
 *
 * @param parameters what this side runs
 * @param verdict    of a server: whether it serves
 * @param index      which of the connections: 0 is the one for control, data has 1 and on
 * @param session    a number that the client picks, for its connections to belong together
 * @param address    where data is written to and read from; 0 for control
 * @param key        its key
 * @param credit     where the other side writes how many receives it posted
 */
record Greeting(Parameters parameters, Verdict verdict, int index, long session, long address, int key, long credit) {
    static final int BYTES = 56;
    static final int VERSION = 1;

    private static final int MAGIC = 0x524E5054;
    private static final int SHORT_MASK = 0xFFFF;

    /** What a server thinks of a client. */
    enum Verdict {
        /** It serves; what a client says, too. */
        WELCOME(0),
        /** The client runs something else. */
        MISMATCH(1),
        /** It serves another client, or nobody who says such. */
        REFUSED(2);

        private final int code;

        Verdict(final int code) {
            this.code = code;
        }

        private static @Nullable Verdict of(final int code) {
            for (final Verdict verdict : values()) {
                if (verdict.code == code) {
                    return verdict;
                }
            }
            return null;
        }
    }

    /** What was heard from the other side: hostile until here. */
    sealed interface Heard {
        /** A side that speaks as this one does. */
        record Ours(Greeting greeting) implements Heard {
        }

        /** A side of rnic's perftest that does not fit. */
        record Unfit(String why) implements Heard {
        }

        /** Something else. */
        record Foreign(String why) implements Heard {
        }
    }

    /** Its bytes. */
    byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putInt(MAGIC).putShort((short) VERSION).put((byte) parameters.test().code())
            .put((byte) verdict.code).putInt(parameters.bytes()).putInt(parameters.iterations())
            .putInt(parameters.seconds()).putShort((short) parameters.queuePairs()).putShort((short) index)
            .putLong(session).putLong(address).putInt(key).putInt(0).putLong(credit).array();
    }

    /** Reads what the other side said; any bytes may come. */
    static Heard hear(final byte[] bytes) {
        final ByteBuffer from = ByteBuffer.wrap(bytes);
        if (bytes.length < 6 || from.getInt() != MAGIC) {
            return new Heard.Foreign("its private data, " + bytes.length
                + " bytes, is not that of rnic's send-lat, send-bw, write-lat, write-bw, read-lat or read-bw");
        }
        final int version = from.getShort() & SHORT_MASK;
        if (version != VERSION) {
            return new Heard.Unfit("it speaks version " + version + " of the exchange, this side " + VERSION
                + "; allowed: the same rnic on both sides");
        }
        if (bytes.length != BYTES) {
            return new Heard.Unfit("its private data has " + bytes.length + " bytes; allowed: " + BYTES);
        }
        final PerfTest test = PerfTest.of(from.get());
        final Verdict verdict = Verdict.of(from.get());
        if (test == null || verdict == null) {
            return new Heard.Unfit("it asks for a test or gives a verdict that is unknown");
        }
        final int size = from.getInt();
        final int iterations = from.getInt();
        final int seconds = from.getInt();
        final Parameters parameters =
            new Parameters(test, size, iterations, seconds, from.getShort() & SHORT_MASK);
        final int index = from.getShort() & SHORT_MASK;
        if (!parameters.areAllowed() || index > parameters.queuePairs()) {
            return new Heard.Unfit("its parameters cannot be: connection " + index + " of " + parameters);
        }
        final long session = from.getLong();
        final long address = from.getLong();
        final int key = from.getInt();
        if (from.getInt() != 0) {
            return new Heard.Unfit("its reserved bytes are not zero");
        }
        return new Heard.Ours(
            new Greeting(parameters, verdict, index, session, address, key, from.getLong()));
    }
}
