package io.rnic.bench.regcache.sim;

import io.rnic.registration.CostModel;
import java.util.Locale;

/** What is cached: also what a limit counts. */
public enum Unit {
    /** Regions of whole pages, found by containment; limits are bytes. */
    REGION(CostModel.PAGE_BYTES),
    /** Each page by itself, and each page of a request is an access; limits are pages. */
    PAGE(CostModel.PAGE_BYTES),
    /** Blocks of 512 bytes, as studies of disk caches count; limits are blocks, and a block costs what a page does. */
    BLOCK(512);

    private final int bytes;

    Unit(final int bytes) {
        this.bytes = bytes;
    }

    /** The bytes of a page or block. */
    public int bytes() {
        return bytes;
    }

    /** Its name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
