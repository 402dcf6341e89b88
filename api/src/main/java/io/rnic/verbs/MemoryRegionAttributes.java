package io.rnic.verbs;

import java.util.Set;

/**
 * What a memory region is when it is asked.
 *
 * @param address the virtual address of its first byte
 * @param length  its length in bytes
 * @param lkey    its local key
 * @param rkey    its remote key (STag)
 * @param access  what it allows beyond local reading
 * @param domain  the number of its protection domain
 */
public record MemoryRegionAttributes(
        long address, long length, int lkey, int rkey, Set<Access> access, int domain) {
    /** Keeps its own copy of the flags. */
    public MemoryRegionAttributes {
        access = Access.of(Access.bits(access));
    }
}
