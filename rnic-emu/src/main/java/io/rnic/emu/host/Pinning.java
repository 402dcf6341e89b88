package io.rnic.emu.host;

/** How registered memory is kept in place. */
public enum Pinning {
    /** Locked by {@code mlock(2)}; a registration that cannot be locked is refused. */
    LOCKED,
    /** Counted against the budget, not locked. */
    ACCOUNTED,
    /** Locked while the system allows it, then counted. */
    PREFERRED
}
