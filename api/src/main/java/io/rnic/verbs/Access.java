package io.rnic.verbs;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/** What a memory region allows; reading by the local NIC is always allowed ({@code ibv_reg_mr(3)}). */
public enum Access {
    /** The local NIC may write: receives and the sink of RDMA Reads ({@code IBV_ACCESS_LOCAL_WRITE}). */
    LOCAL_WRITE(1),
    /** The peer may write by RDMA Write; needs {@link #LOCAL_WRITE} ({@code IBV_ACCESS_REMOTE_WRITE}). */
    REMOTE_WRITE(2),
    /** The peer may read by RDMA Read ({@code IBV_ACCESS_REMOTE_READ}). */
    REMOTE_READ(4),
    /** The peer may use atomic operations; needs {@link #LOCAL_WRITE} ({@code IBV_ACCESS_REMOTE_ATOMIC}). */
    REMOTE_ATOMIC(8),
    /** Memory windows may be bound to it ({@code IBV_ACCESS_MW_BIND}). */
    MW_BIND(16);

    /** All sets of flags, by their bits, made once. */
    private static final List<Set<Access>> SETS =
        IntStream.range(0, 1 << values().length).mapToObj(Access::collect).toList();

    private final int bit;

    Access(final int bit) {
        this.bit = bit;
    }

    /** The flag's bit, as {@code enum ibv_access_flags} numbers it. */
    public int bit() {
        return bit;
    }

    /** The flags whose bits are set, in their order; cannot be changed. */
    public static Set<Access> of(final int bits) {
        return SETS.get(bits & (SETS.size() - 1));
    }

    private static Set<Access> collect(final int bits) {
        final Set<Access> flags = EnumSet.noneOf(Access.class);
        for (final Access flag : values()) {
            if ((bits & flag.bit) != 0) {
                flags.add(flag);
            }
        }
        return Collections.unmodifiableSet(flags);
    }

    /** The bits of all {@code flags} together. */
    public static int bits(final Collection<Access> flags) {
        int bits = 0;
        for (final Access flag : Objects.requireNonNull(flags, "access")) {
            bits |= Objects.requireNonNull(flag, "access").bit;
        }
        return bits;
    }

    /** The bits of all {@code flags} together. */
    public static int bits(final Access... flags) {
        return bits(Arrays.asList(Objects.requireNonNull(flags, "access")));
    }
}
