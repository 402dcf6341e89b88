package io.rnic.emu.memory;

/** What the four checks of an access found, in their order (RFC 5040 §5.2, RFC 5041 §7.1). */
public enum AccessCheck {
    /** Allowed. */
    OK,
    /** No region has that STag, or not any more. */
    INVALID_STAG,
    /** The region is of another protection domain than the queue pair. */
    OTHER_DOMAIN,
    /** The region does not allow it. */
    NO_ACCESS,
    /** Address plus length runs over the end of the address space. */
    WRAP,
    /** Some bytes lie outside the region. */
    OUT_OF_BOUNDS,
    /** Memory windows are bound to the region: it is not made invalid. Only an invalidation asks for that. */
    HAS_WINDOWS
}
