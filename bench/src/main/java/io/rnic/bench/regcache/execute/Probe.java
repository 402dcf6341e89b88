package io.rnic.bench.regcache.execute;

import io.rnic.registration.CostModel;
import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/** Registers pages for nothing but to see what it takes, and deregisters them when some more have come. */
final class Probe implements AutoCloseable {
    private static final int HELD = 64;

    private final TimedDomain domain;
    private final MemorySegment buffer;
    private final LineFit register = new LineFit();
    private final LineFit deregister = new LineFit();
    private final ArrayDeque<MemoryRegion> held = new ArrayDeque<>();

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
        held.add(domain.registerMemory(buffer.asSlice(from, pages * CostModel.PAGE_BYTES), Access.LOCAL_WRITE));
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
