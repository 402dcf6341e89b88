package io.rnic.emu.link;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that a socket had no room for, in order. Their memory is borrowed from a pool while there are any: most
 * connections need none most of the time.
 */
final class Backlog {
    private static final int BLOCK_BYTES = 1 << 16;
    /** Made together when one is missing: as many as one write may need, so that the next ones find them. */
    private static final int SET_BLOCKS = TcpOutput.MOST_AT_ONCE / BLOCK_BYTES + 2;
    private static final int MAX_FREE_BLOCKS = 256;
    private static final Queue<Block> FREE_BLOCKS = new ArrayBlockingQueue<>(MAX_FREE_BLOCKS);

    private @Nullable Block first;
    private @Nullable Block last;

    private static final class Block {
        final MemorySegment segment = Arena.ofAuto().allocate(BLOCK_BYTES);
        int begin;
        int end;
        @Nullable Block next;
    }

    boolean isEmpty() {
        return first == null;
    }

    /**
     * Copies bytes to the end.
     *
     * @throws IOException if too much waits, in all connections
     */
    void add(final MemorySegment source, final long sourceOffset, final int length) throws IOException {
        int done = 0;
        while (done < length) {
            final Block to = lastWithRoom();
            final int piece = Math.min(length - done, BLOCK_BYTES - to.end);
            MemorySegment.copy(source, sourceOffset + done, to.segment, to.end, piece);
            to.end += piece;
            done += piece;
        }
    }

    private Block lastWithRoom() throws IOException {
        final Block now = last;
        if (now != null && now.end < BLOCK_BYTES) {
            return now;
        }
        if (!Budget.ALL.take(BLOCK_BYTES)) {
            throw new IOException("too much waits for peers");
        }
        try {
            final Block free = FREE_BLOCKS.poll();
            final Block added = free != null ? free : makeSet();
            if (now == null) {
                first = added;
            } else {
                now.next = added;
            }
            last = added;
            return added;
        } catch (final VirtualMachineError e) { // no memory
            Budget.ALL.giveBack(BLOCK_BYTES);
            throw e;
        }
    }

    /** The one that is needed comes first: what there is no memory for is made when it is missing. */
    private static Block makeSet() {
        final Block needed = new Block();
        try {
            for (int i = 1; i < SET_BLOCKS; i++) {
                FREE_BLOCKS.offer(new Block());
            }
        } catch (final OutOfMemoryError e) {
            // It is no worse than before.
        }
        return needed;
    }

    /** Writes from the beginning as much as there is room for; whether nothing is left. */
    boolean writeTo(final DirectSocket socket) throws IOException {
        for (@Nullable Block now = first; now != null; now = first) {
            now.begin += socket.writeAll(now.segment.address() + now.begin, now.end - now.begin);
            if (now.begin < now.end) {
                return false;
            }
            removeFirst(now);
        }
        return true;
    }

    void clear() {
        for (@Nullable Block now = first; now != null; now = first) {
            removeFirst(now);
        }
    }

    private void removeFirst(final Block block) {
        first = block.next;
        if (first == null) {
            last = null;
        }
        block.next = null;
        block.begin = 0;
        block.end = 0;
        Budget.ALL.giveBack(BLOCK_BYTES);
        FREE_BLOCKS.offer(block);
    }
}
