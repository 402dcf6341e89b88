package io.rnic.differential;

import io.rnic.verbs.Access;
import org.jspecify.annotations.Nullable;

/** What a key stands for in the model: registered memory, or one binding of a memory window. */
final class ModelRegion {
    private static final int CHANGING = Access.bits(Access.REMOTE_WRITE, Access.REMOTE_ATOMIC);
    private static final int REMOTE =
        Access.bits(Access.REMOTE_READ, Access.REMOTE_WRITE, Access.REMOTE_ATOMIC, Access.MW_BIND);

    final Model.Domain domain;
    final boolean isWindow;
    int memory;
    int offset;
    long length;
    int access;
    /** Deregistered, or deallocated, or the window has another key by now: nobody has this one any more. */
    boolean closed;
    /** By a local invalidate or by the peer's: until it is re-registered, or bound again. A window is so at first. */
    boolean invalidated;
    /** How many windows are bound to it. */
    int windows;
    /** Of a window: what it is bound to. */
    private @Nullable ModelRegion bound;

    ModelRegion(final Model.Domain domain, final Call.Register call) {
        this.domain = domain;
        isWindow = false;
        memory = call.memory();
        offset = call.offset();
        length = call.length();
        access = call.access();
    }

    /** A window bound to nothing. */
    ModelRegion(final Model.Domain domain) {
        this.domain = domain;
        isWindow = true;
        invalidated = true;
    }

    /** Binds a window to a part of a region. */
    void bind(final ModelRegion region, final long address, final long bytes, final int allowed) {
        memory = region.memory;
        offset = (int) (address - Model.base(memory));
        length = bytes;
        access = allowed;
        invalidated = false;
        bound = region;
        region.windows++;
    }

    void invalidate() {
        invalidated = true;
        if (bound != null) {
            bound.windows--;
            bound = null;
        }
    }

    long address() {
        return Model.base(memory) + offset;
    }

    /** Whether the peer may make its key invalid. */
    boolean isRemotelyInvalidated() {
        return isWindow || (access & REMOTE) != 0;
    }

    /** Whether these bytes lie inside. */
    boolean holds(final long begin, final long bytes) {
        final long from = begin - address();
        return from >= 0 && bytes <= length && from <= length - bytes;
    }

    /** What changes memory needs LOCAL_WRITE too. */
    static boolean isAllowed(final int access) {
        return (access & CHANGING) == 0 || (access & Access.LOCAL_WRITE.bit()) != 0;
    }

    /** What a region must allow for a window with that access. */
    static int neededToBind(final int access) {
        return Access.MW_BIND.bit() | ((access & CHANGING) == 0 ? 0 : Access.LOCAL_WRITE.bit());
    }
}
