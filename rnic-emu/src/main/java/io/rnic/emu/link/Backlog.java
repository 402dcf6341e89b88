package io.rnic.emu.link;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that a socket had no room for, in order. Their memory is borrowed from a pool while there are any: most
 * connections need none most of the time.
 */
final class Backlog {
    private static final int BLOCK_BYTES = 1 << 16;
    private static final int MAX_FREE_BLOCKS = 256;
    private static final Queue<Block> FREE_BLOCKS = new ArrayBlockingQueue<>(MAX_FREE_BLOCKS);

    private final Deque<Block> blocks = new ArrayDeque<>(1);

    private static final class Block {
        final MemorySegment segment = Arena.ofAuto().allocate(BLOCK_BYTES);
        int begin;
        int end;
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    /**
     * Copies bytes to the end.
     *
     * @throws IOException if too much waits, in all connections
     */
    void add(final MemorySegment source, final long sourceOffset, final int length) throws IOException {
        int done = 0;
        while (done < length) {
            final Block last = lastWithRoom();
            final int piece = Math.min(length - done, BLOCK_BYTES - last.end);
            MemorySegment.copy(source, sourceOffset + done, last.segment, last.end, piece);
            last.end += piece;
            done += piece;
        }
    }

    private Block lastWithRoom() throws IOException {
        final Block last = blocks.peekLast();
        if (last != null && last.end < BLOCK_BYTES) {
            return last;
        }
        if (!Budget.ALL.take(BLOCK_BYTES)) {
            throw new IOException("too much waits for peers");
        }
        try {
            final Block free = FREE_BLOCKS.poll();
            final Block next = free != null ? free : new Block();
            blocks.addLast(next);
            return next;
        } catch (final VirtualMachineError e) { // no memory
            Budget.ALL.giveBack(BLOCK_BYTES);
            throw e;
        }
    }

    /** Writes from the beginning as much as there is room for; whether nothing is left. */
    boolean writeTo(final DirectSocket socket) throws IOException {
        for (@Nullable Block first = blocks.peekFirst(); first != null; first = blocks.peekFirst()) {
            first.begin += socket.writeAll(first.segment.address() + first.begin, first.end - first.begin);
            if (first.begin < first.end) {
                return false;
            }
            giveBack(blocks.removeFirst());
        }
        return true;
    }

    void clear() {
        while (!blocks.isEmpty()) {
            giveBack(blocks.removeFirst());
        }
    }

    private static void giveBack(final Block block) {
        Budget.ALL.giveBack(BLOCK_BYTES);
        block.begin = 0;
        block.end = 0;
        FREE_BLOCKS.offer(block);
    }
}
