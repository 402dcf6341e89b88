package io.rnic.differential;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The model's memory: for each byte its value, and whether it is determined. A message that has come is placed at the
 * latest when its completion is polled; until then its bytes are open, and what is written over them meanwhile is open
 * afterwards.
 */
final class ModelMemory {
    /** Some bytes of a memory. */
    record Span(int memory, int offset, int length) {
        boolean overlaps(final Span other) {
            return memory == other.memory && offset < other.offset + other.length
                && other.offset < offset + length;
        }
    }

    /** Bytes on their way, each with whether it is determined. */
    static final class Bytes {
        final byte[] values;
        final boolean[] open;

        Bytes(final byte[] values, final boolean[] open) {
            this.values = values;
            this.open = open;
        }

        static Bytes of(final byte[] values) {
            return new Bytes(values, new boolean[values.length]);
        }

        Bytes slice(final int from, final int length) {
            return new Bytes(
                Arrays.copyOfRange(values, from, from + length), Arrays.copyOfRange(open, from, from + length));
        }
    }

    private static final int NOBODY = 0;
    private static final int SEVERAL = -1;

    private final byte[][] values = new byte[Machine.SLOTS][Machine.MEMORY_BYTES];
    private final boolean[][] open = new boolean[Machine.SLOTS][Machine.MEMORY_BYTES];
    /** Which message that is not polled wrote the byte last. */
    private final int[][] writer = new int[Machine.SLOTS][Machine.MEMORY_BYTES];
    private final boolean[] gone = new boolean[Machine.SLOTS];
    private int messages;

    ModelMemory(final byte value) {
        for (final byte[] memory : values) {
            Arrays.fill(memory, value);
        }
    }

    boolean isGone(final int memory) {
        return gone[memory];
    }

    void close(final int memory) {
        gone[memory] = true;
    }

    Bytes read(final List<Span> spans) {
        final int length = spans.stream().mapToInt(Span::length).sum();
        final Bytes bytes = new Bytes(new byte[length], new boolean[length]);
        int at = 0;
        for (final Span span : spans) {
            System.arraycopy(values[span.memory], span.offset, bytes.values, at, span.length);
            System.arraycopy(open[span.memory], span.offset, bytes.open, at, span.length);
            at += span.length;
        }
        return bytes;
    }

    /** Writes at once, as Write, Read and the application do. */
    void write(final List<Span> spans, final Bytes bytes) {
        put(spans, bytes, false, NOBODY);
    }

    /** Leaves all these bytes open. */
    void spoil(final List<Span> spans) {
        for (final Span span : spans) {
            Arrays.fill(open[span.memory], span.offset, span.offset + span.length, true);
            Arrays.fill(writer[span.memory], span.offset, span.offset + span.length, SEVERAL);
        }
    }

    /** A message that is placed now or later; its number is for {@link #settle}. */
    int arrive(final List<Span> spans, final Bytes bytes) {
        final int message = ++messages;
        put(spans, bytes, true, message);
        return message;
    }

    private void put(final List<Span> spans, final Bytes bytes, final boolean later, final int message) {
        int at = 0;
        for (final Span span : spans) {
            for (int i = span.offset; i < span.offset + span.length; i++, at++) {
                values[span.memory][i] = bytes.values[at];
                open[span.memory][i] = later || bytes.open[at];
                writer[span.memory][i] = message;
            }
        }
    }

    /** From now on these bytes of a message are placed: what nobody has written over is determined. */
    void settle(final Span span, final Bytes bytes, final int message) {
        for (int at = 0; at < span.length; at++) {
            final int i = span.offset + at;
            if (writer[span.memory][i] == message) {
                open[span.memory][i] = bytes.open[at];
                writer[span.memory][i] = NOBODY;
            } else {
                open[span.memory][i] = true;
                writer[span.memory][i] = SEVERAL;
            }
        }
    }

    /** The first byte that is not as it must be, null if all are. */
    @Nullable String compare(final int memory, final MemorySegment actual) {
        final MemorySegment expected = MemorySegment.ofArray(values[memory]);
        long at = expected.mismatch(actual);
        while (at >= 0) {
            if (!open[memory][(int) at]) {
                return "m" + memory + " at " + at + ": " + actual.get(ValueLayout.JAVA_BYTE, at) + " instead of "
                    + values[memory][(int) at];
            }
            final long from = at + 1;
            final long next = MemorySegment.mismatch(
                expected, from, expected.byteSize(), actual, from, expected.byteSize());
            at = next < 0 ? -1 : from + next;
        }
        return null;
    }

    /** Moves bytes as a NIC does that copies piece by piece: where source and target overlap, the outcome is open. */
    void move(final List<Span> source, final List<Span> target) {
        final Bytes bytes = read(source);
        write(target, bytes);
        if (isUnordered(source, target)) {
            spoil(target);
        }
    }

    /** One piece onto one is moved as a whole. */
    static boolean isUnordered(final List<Span> source, final List<Span> target) {
        return (source.size() > 1 || target.size() > 1)
            && source.stream().anyMatch(from -> target.stream().anyMatch(from::overlaps));
    }

    /** The spans of the first {@code length} bytes. */
    static List<Span> first(final List<Span> spans, final long length) {
        final List<Span> first = new ArrayList<>();
        long left = length;
        for (final Span span : spans) {
            if (left > 0) {
                first.add(new Span(span.memory, span.offset, (int) Math.min(left, span.length)));
                left -= span.length;
            }
        }
        return first;
    }
}
