package io.rnic.behaviour;

import static io.rnic.behaviour.Refused.expectRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.Access;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class RegistrationTest {
    private Rnic rnic;
    private ProtectionDomain domain;
    private int pageBytes;

    @BeforeEach
    void open(final Rnic rnic) {
        this.rnic = rnic;
        domain = rnic.allocateProtectionDomain();
        pageBytes = rnic.attributes().pageBytes();
    }

    @AfterEach
    void close() {
        domain.close();
    }

    /** A device that is not open yet, and may be set otherwise. */
    private static RnicOptions otherDevice(final RnicOptions options) {
        return options.with("device", options.explicit().get("device") + " set otherwise");
    }

    private void expectNotRegistered(final String why, final MemorySegment segment, final Access... access) {
        expectRefused(RnicError.INVALID_ARGUMENT, () -> domain.registerMemory(segment, access))
            .hasMessageContaining(why);
    }

    @EveryDoor
    @SuppressWarnings("MustBeClosedChecker") // one arena is closed before it is used
    void shouldRefuseMemoryThatANicCannotUse() {
        expectNotRegistered("heap", MemorySegment.ofArray(new byte[8]));
        expectNotRegistered("empty", Arena.ofAuto().allocate(8).asSlice(0, 0));
        expectNotRegistered("read-only", Arena.ofAuto().allocate(8).asReadOnly(), Access.LOCAL_WRITE);
        expectNotRegistered("LOCAL_WRITE", Arena.ofAuto().allocate(8), Access.REMOTE_WRITE);
        try (Arena confined = Arena.ofConfined()) {
            expectNotRegistered("confined", confined.allocate(8));
        }
        final Arena arena = Arena.ofShared();
        final MemorySegment closed = arena.allocate(8);
        arena.close();
        expectNotRegistered("closed", closed);
    }

    @EveryDoor
    void shouldRefuseLengthsThatNoWindowSpansAndChargeNothing() {
        final Map<String, Long> before = rnic.counters();
        before.remove("process.systemCalls");
        for (final long bytes : new long[] {1L << 40, Long.MAX_VALUE}) {
            expectNotRegistered("too long", MemorySegment.ofAddress(4096).reinterpret(bytes));
        }
        final Map<String, Long> after = rnic.counters();
        after.remove("process.systemCalls");
        assertThat(after).isEqualTo(before);
    }

    @EveryDoor
    void shouldRegisterReadOnlyMemoryForReading() {
        try (MemoryRegion region = domain.registerMemory(Arena.ofAuto().allocate(8).asReadOnly(), Access.REMOTE_READ)) {
            assertThat(region.length()).isEqualTo(8);
        }
    }

    @EveryDoor
    void shouldPinWholePagesAndCountEachRegistration() {
        final MemorySegment pages = Arena.ofAuto().allocate(4L * pageBytes, pageBytes);
        try (MemoryRegion oneByte = domain.registerMemory(pages.asSlice(pageBytes - 1, 1))) {
            assertThat(rnic.counters()).containsEntry("device.pinnedBytes", (long) pageBytes);
            try (MemoryRegion straddling = domain.registerMemory(pages.asSlice(pageBytes - 1, 2))) {
                assertThat(rnic.counters()).containsEntry("device.pinnedBytes", 3L * pageBytes);
                assertThat(straddling.lkey()).isNotEqualTo(oneByte.lkey());
                assertThat(straddling.address()).isEqualTo(oneByte.address());
            }
        }
    }

    @EveryDoor
    void shouldGiveTheSameMemoryAnotherKeyEachTime() {
        final MemorySegment segment = Arena.ofAuto().allocate(8);
        int last = 0;
        for (int i = 0; i < 50; i++) {
            try (MemoryRegion region = domain.registerMemory(segment)) {
                assertThat(region.rkey()).isNotEqualTo(last).isNotZero();
                last = region.rkey();
            }
        }
    }

    @EveryDoor
    void shouldSayWhichBudgetIsTooSmallAndPinNothing(final RnicOptions options) {
        try (Rnic small = Rnic.open(otherDevice(options).with("lockedMemory", Long.toString(2L * pageBytes)));
            ProtectionDomain smallDomain = small.allocateProtectionDomain();
            MemoryRegion first = smallDomain.registerMemory(Arena.ofAuto().allocate(pageBytes, pageBytes))) {
            expectRefused(RnicError.LOCKED_MEMORY_LIMIT,
                () -> smallDomain.registerMemory(Arena.ofAuto().allocate(2L * pageBytes, pageBytes)))
                .hasMessageContaining(Long.toString(2L * pageBytes)).hasMessageContaining("lockedMemory");
            assertThat(small.counters()).containsEntry("device.pinnedBytes", first.length());
        }
    }

    @EveryDoor
    void shouldReallyLockUnderTheDefaultSettingAndUnlockAgain(final RnicOptions options) {
        final long bytes = 16L * pageBytes;
        try (Rnic locking = Rnic.open(otherDevice(options).with("pinning", "locked"));
            ProtectionDomain lockingDomain = locking.allocateProtectionDomain()) {
            final MemorySegment segment = Arena.ofAuto().allocate(bytes, pageBytes);
            try (MemoryRegion region = lockingDomain.registerMemory(segment);
                MemoryRegion again = lockingDomain.registerMemory(segment.asSlice(0, pageBytes))) {
                assertThat(locking.attributes().pinning()).isEqualTo("locked");
                assertThat(locking.counters()).containsEntry("device.accountedBytes", 0L)
                    .containsEntry("device.pinnedBytes", bytes + pageBytes);
                assertThat(region.length()).isGreaterThan(again.length());
            }
            assertThat(locking.counters()).containsEntry("device.pinnedBytes", 0L);
        }
    }
}
