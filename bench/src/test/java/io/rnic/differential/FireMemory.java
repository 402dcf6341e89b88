package io.rnic.differential;

import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Regions of one side that come and go: they are shown to who places, deregistered under their hands, and watched
 * afterwards for bytes that come too late. Half of them have an arena, which some lose while they are registered; the
 * memory of the others nobody can close. Each has a memory window, which goes with it.
 */
final class FireMemory {
    static final int BYTES = 4096;
    private static final int SHOWN = 4;
    private static final int WATCHED = 32;
    private static final byte PATTERN = 0x33;
    private static final Access[] LOCAL = {Access.LOCAL_WRITE};
    private static final Access[] REMOTE = Access.values();

    private final ProtectionDomain domain;
    private final FireCounts counts;
    private final RandomGenerator random;
    private final Registered[] shown = new Registered[SHOWN];
    private final Deque<Registered> watched = new ArrayDeque<>();
    private final MemoryRegion lasting;

    /**
     * Memory, and the window that may be bound to it, as far as that is known.
     *
     * @param arena null for memory that nobody can close
     */
    record Registered(@Nullable Arena arena, MemoryRegion region, MemoryWindow window, AtomicBoolean bound) {
        MemorySegment memory() {
            return region.segment();
        }

        boolean isAlive() {
            return memory().scope().isAlive();
        }

        void free() {
            if (arena != null) {
                arena.close();
            }
        }
    }

    FireMemory(final ProtectionDomain domain, final FireCounts counts, final RandomGenerator random) {
        this.domain = domain;
        this.counts = counts;
        this.random = random;
        lasting = domain.registerMemory(Arena.ofAuto().allocate(BYTES), LOCAL);
        for (int i = 0; i < SHOWN; i++) {
            show(i);
        }
    }

    /**
     * One of the regions: perhaps deregistered by now.
     *
     * @param remote whether the peer may write and read it; into others short messages come by way of completions
     */
    synchronized Registered any(final boolean remote, final RandomGenerator choice) {
        return shown[2 * choice.nextInt(SHOWN / 2) + (remote ? 1 : 0)];
    }

    /** The region that stays. */
    MemoryRegion lasting() {
        return lasting;
    }

    @SuppressWarnings("MustBeClosed") // closed when it has been watched long enough, or under the registration
    private synchronized void show(final int place) {
        final @Nullable Arena arena = place < SHOWN / 2 ? Arena.ofShared() : null;
        final MemorySegment memory = (arena == null ? Arena.ofAuto() : arena).allocate(BYTES, 64);
        shown[place] = new Registered(arena, domain.registerMemory(memory, place % 2 == 0 ? LOCAL : REMOTE),
            domain.allocateMemoryWindow(), new AtomicBoolean());
        counts.registrations.increment();
    }

    private synchronized Registered shown(final int place) {
        return shown[place];
    }

    /** Takes a region away while others use it, and shows another. */
    void turn() {
        final int place = random.nextInt(SHOWN);
        final Registered old = shown(place);
        if (old.arena != null && random.nextInt(4) == 0) {
            old.free();
            counts.arenasClosed.increment();
        }
        old.window.close(); // else the region would be in use
        old.region.close();
        if (old.isAlive()) {
            old.memory().fill(PATTERN);
            watched.add(old);
        }
        show(place);
        if (watched.size() > WATCHED) {
            check(watched.remove());
        }
    }

    private void check(final Registered old) {
        for (int i = 0; i < BYTES; i++) {
            final byte value = old.memory().get(ValueLayout.JAVA_BYTE, i);
            if (value != PATTERN) {
                throw new AssertionError("a byte was placed after deregistration: " + value + " at " + i + " of "
                    + old.region.segment() + ", stag=0x" + Integer.toHexString(old.region.rkey()));
            }
        }
        counts.checkedBytes.add(BYTES);
        old.free();
    }

    /** When nobody places any more. */
    void close() {
        watched.forEach(this::check);
        lasting.close();
        for (final Registered last : shown) {
            last.window.close();
            last.region.close();
            last.free();
        }
    }
}
