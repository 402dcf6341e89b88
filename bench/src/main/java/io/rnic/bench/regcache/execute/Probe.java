package io.rnic.bench.regcache.execute;

import io.rnic.registration.CostModel;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Registers pages for nothing but to see what it takes, and deregisters them when some more have come. */
final class Probe implements AutoCloseable {
    private static final int HELD = 64;

    private final TimedDomain domain;
    private final MemorySegment buffer;
    private final LineFit register = new LineFit();
    private final LineFit deregister = new LineFit();
    private final ArrayDeque<MemoryRegion> held = new ArrayDeque<>();
    private @Nullable RnicException refusal;

    Probe(final ProtectionDomain domain, final MemorySegment buffer) {
        this.domain = new TimedDomain(domain, null);
        this.buffer = buffer;
    }

    /** Registers the pages of a request, unless they are very many. */
    void request(final long offset, final long length, final boolean counts) {
        final long from = offset / CostModel.PAGE_BYTES * CostModel.PAGE_BYTES;
        final long pages = (offset + length - 1 - from) / CostModel.PAGE_BYTES + 1;
        if (pages > LineFit.MAX_PAGES) {
            return;
        }
        final MemoryRegion region = register(buffer.asSlice(from, pages * CostModel.PAGE_BYTES));
        if (region == null) {
            return;
        }
        held.add(region);
        if (counts) {
            register.add(pages, domain.lastNs());
        }
        if (held.size() > HELD) {
            final long old = held.element().length() / CostModel.PAGE_BYTES;
            held.remove().close();
            if (counts) {
                deregister.add(old, domain.lastNs());
            }
        }
    }

    /** Where the system locks no more, fewer are held; null if not even this one can be. */
    private @Nullable MemoryRegion register(final MemorySegment memory) {
        while (true) {
            try {
                return domain.registerMemory(memory, Access.LOCAL_WRITE);
            } catch (final RnicException e) {
                if (e.error() != RnicError.LOCKED_MEMORY_LIMIT) {
                    throw e;
                }
                if (held.isEmpty()) {
                    refusal = e;
                    return null;
                }
                held.remove().close();
            }
        }
    }

    /**
     * Checks that there is something to lay lines through.
     *
     * @throws RnicException LOCKED_MEMORY_LIMIT if nothing could be locked
     */
    void check() {
        if (refusal != null && register.isEmpty()) {
            throw refusal;
        }
    }

    LineFit.Line register() {
        return register.line();
    }

    LineFit.Line deregister() {
        return deregister.line();
    }

    /** The costs that were seen. */
    CostModel model(final double hitNs) {
        return LineFit.model(register(), deregister(), hitNs);
    }

    @Override
    public void close() {
        held.forEach(MemoryRegion::close);
        held.clear();
    }
}
