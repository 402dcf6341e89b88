package io.rnic.emu;

import io.rnic.emu.host.MemoryFaults;
import io.rnic.emu.host.Pinner;
import io.rnic.emu.memory.MemoryEntry;
import io.rnic.emu.memory.StagTable;
import io.rnic.verbs.Access;
import io.rnic.verbs.ProtectionDomainAttributes;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;

/** A protection domain of a context. */
public final class DomainResource {
    /** Only to ask segments whether a thread other than their own may use them. */
    private static final Thread STRANGER = new Thread(() -> { }, "stranger");
    private static final int REMOTE_CHANGE = Access.bits(Access.REMOTE_WRITE, Access.REMOTE_ATOMIC);

    private final DeviceContext context;
    private final int number;
    private final Usage usage;

    DomainResource(final DeviceContext context, final int number) {
        this.context = context;
        this.number = number;
        usage = new Usage("protection domain " + number);
    }

    /**
     * Registers memory.
     *
     * @param access  bits of {@link Access}
     * @param onBoard whether the NIC is to hold its translations at once, or when {@link RegionResource#load} says so
     * @throws RnicException as {@link io.rnic.verbs.ProtectionDomain#registerMemory} says; nothing is left behind then
     */
    public RegionResource register(final MemorySegment segment, final int access, final boolean onBoard) {
        check(segment, access);
        usage.checkOpen();
        device().config().faults().checkRegistration();
        final Pinner.Pin pin = device().pinner().pin(segment.address(), segment.byteSize());
        final long charge = onBoard
            ? onBoardBytes(StagTable.pages(segment.address(), segment.byteSize(), device().pinner().pageSize())) : 0;
        final MemoryEntry entry;
        try {
            entry = charged(charge, segment, access, onBoard);
        } catch (final RnicException e) {
            pin.release();
            throw e;
        }
        final RegionResource region = new RegionResource(this, segment, entry, pin);
        DeviceContext.addOrElse(usage, region, region.usage().name(), region::close);
        return region;
    }

    /**
     * Allocates a memory window.
     *
     * @throws RnicException DEVICE_LIMIT, CLOSED; nothing is left behind then
     */
    public WindowResource allocateWindow() {
        usage.checkOpen();
        device().onBoardMemory().charge(OnBoardMemory.REGION_BYTES, "a memory window");
        final WindowResource window;
        try {
            window = new WindowResource(this, device().stags().addWindow(number));
        } catch (final RnicException e) {
            device().onBoardMemory().release(OnBoardMemory.REGION_BYTES);
            throw e;
        }
        DeviceContext.addOrElse(usage, window, window.usage().name(), window::close);
        return window;
    }

    private MemoryEntry charged(final long charge, final MemorySegment segment, final int access,
        final boolean onBoard) {
        device().onBoardMemory().charge(charge, "a memory region of " + segment.byteSize() + " bytes");
        try {
            MemoryFaults.expectOf(segment);
            return device().stags().add(segment, number, access, onBoard);
        } catch (final RnicException e) {
            device().onBoardMemory().release(charge);
            throw e;
        }
    }

    static long onBoardBytes(final long pages) {
        return OnBoardMemory.REGION_BYTES + pages * OnBoardMemory.TRANSLATION_BYTES;
    }

    /**
     * Checks that a NIC can use the memory so; nothing is done with it.
     *
     * @throws RnicException INVALID_ARGUMENT with the reason
     */
    public static void check(final MemorySegment segment, final int access) {
        final String problem;
        if (!segment.isNative()) {
            problem = "it is on the Java heap, which a NIC cannot reach; use a native segment (Arena.allocate)";
        } else if (!segment.scope().isAlive()) {
            problem = "its arena is closed";
        } else if (!segment.isAccessibleBy(STRANGER)) {
            problem = "it is confined to one thread, but the NIC works in others; use Arena.ofShared, ofAuto or global";
        } else if (segment.byteSize() == 0) {
            problem = "it is empty; allowed: 1 byte or more";
        } else if (segment.byteSize() > StagTable.MAX_REGION_BYTES) {
            problem = "it is too long; allowed: up to " + StagTable.MAX_REGION_BYTES;
        } else if (segment.isReadOnly() && (access & Access.LOCAL_WRITE.bit()) != 0) {
            problem = "it is read-only, so LOCAL_WRITE is not allowed";
        } else if ((access & REMOTE_CHANGE) != 0 && (access & Access.LOCAL_WRITE.bit()) == 0) {
            problem = "REMOTE_WRITE and REMOTE_ATOMIC need LOCAL_WRITE";
        } else {
            return;
        }
        throw new RnicException(RnicError.INVALID_ARGUMENT,
            "cannot register a segment of " + segment.byteSize() + " bytes: " + problem);
    }

    /** Deallocates the domain; BUSY while regions, windows or queue pairs use it. */
    public void close() {
        usage.close();
        context.usage().remove(this);
        device().domainNumbers().giveBack(number);
    }

    /** What it holds. */
    public ProtectionDomainAttributes query() {
        usage.checkOpen();
        return new ProtectionDomainAttributes(number, usage.count(RegionResource.class),
            usage.count(QueuePairResource.class), usage.count(SharedReceiveQueueResource.class));
    }

    /** Its number. */
    public int number() {
        return number;
    }

    /** Who uses it, and whether it is open. */
    public Usage usage() {
        return usage;
    }

    DeviceContext context() {
        return context;
    }

    Device device() {
        return context.device();
    }
}
