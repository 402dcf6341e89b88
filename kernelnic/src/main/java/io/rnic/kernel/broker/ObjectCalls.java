package io.rnic.kernel.broker;

import io.rnic.emu.ChannelResource;
import io.rnic.emu.CompletionQueueResource;
import io.rnic.emu.DeviceConfig;
import io.rnic.emu.DeviceContext;
import io.rnic.emu.DomainResource;
import io.rnic.emu.ListenerResource;
import io.rnic.emu.QueuePairResource;
import io.rnic.emu.RegionResource;
import io.rnic.emu.SharedReceiveQueueResource;
import io.rnic.emu.WindowResource;
import io.rnic.emu.engine.ReadLimits;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.QueueLimits;
import io.rnic.kernel.policy.ProcessAccount;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.DiagnosisRecord;
import io.rnic.kernel.syscall.HandleTable;
import io.rnic.kernel.syscall.QueuePairRecord;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionQueueAttributes;
import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.MemoryRegionAttributes;
import io.rnic.verbs.ProtectionDomainAttributes;
import io.rnic.verbs.QueuePairAttributes;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SharedReceiveQueueAttributes;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** The system calls that create, change and close objects. */
final class ObjectCalls {
    private static final int REMOTE =
        Access.bits(Access.REMOTE_READ, Access.REMOTE_WRITE, Access.REMOTE_ATOMIC, Access.MW_BIND);
    private static final int KNOWN_ACCESS = Access.bits(Access.values());

    private final Broker broker;
    private final DeviceContext context;
    private final ProcessAccount account;
    private final ProcessAccount.Opener opener;
    private final HandleTable handles;
    private final Map<Integer, RegionResource> regions = new ConcurrentHashMap<>();
    /** In the order of their registration. */
    private final Set<BrokeredRegion> pinned =
        new ConcurrentSkipListSet<>(Comparator.comparingLong(BrokeredRegion::number));

    ObjectCalls(final Broker broker, final DeviceContext context, final ProcessAccount account,
        final ProcessAccount.Opener opener, final HandleTable handles) {
        this.broker = broker;
        this.context = context;
        this.account = account;
        this.opener = opener;
        this.handles = handles;
        opener.onCut(this::cut);
    }

    long dispatch(final int number, final ArgumentBlock in, final ArgumentBlock out,
        final @Nullable MemorySegment attachment) {
        return switch (number) {
            case SystemCall.ALLOCATE_DOMAIN -> allocateDomain();
            case SystemCall.REGISTER_MEMORY -> register(in, out, attachment);
            case SystemCall.CREATE_CHANNEL -> createChannel();
            case SystemCall.CREATE_COMPLETION_QUEUE -> createCompletionQueue(in, out);
            case SystemCall.RESIZE_COMPLETION_QUEUE -> resizeCompletionQueue(in);
            case SystemCall.QUERY_COMPLETION_QUEUE -> queryCompletionQueue(in, out);
            case SystemCall.CREATE_QUEUE_PAIR -> createQueuePair(in, out);
            case SystemCall.QUERY_QUEUE_PAIR -> queryQueuePair(in, out);
            case SystemCall.MODIFY_QUEUE_PAIR -> modifyQueuePair(in);
            case SystemCall.REREGISTER_MEMORY -> reregister(in);
            case SystemCall.ALLOCATE_WINDOW -> allocateWindow(in);
            case SystemCall.QUERY_WINDOW -> queryWindow(in, out);
            case SystemCall.DIAGNOSE -> diagnose(in, out);
            case SystemCall.CREATE_SHARED_RECEIVE_QUEUE -> createSharedReceiveQueue(in, out);
            case SystemCall.ARM_SHARED_RECEIVE_QUEUE -> armSharedReceiveQueue(in);
            case SystemCall.QUERY_SHARED_RECEIVE_QUEUE -> querySharedReceiveQueue(in, out);
            case SystemCall.QUERY_MEMORY_REGION -> queryRegion(in, out);
            case SystemCall.QUERY_DOMAIN -> queryDomain(in, out);
            case SystemCall.CLOSE -> close(in.getInt());
            case SystemCall.EXIT -> exit();
            default -> throw KernelEntry.unknown(number);
        };
    }

    private long allocateDomain() {
        final DomainResource domain = context.allocateDomain();
        return handles.addOrElse(domain, domain::close);
    }

    private long createChannel() {
        final ChannelResource channel = context.createChannel();
        return handles.addOrElse(channel, channel::close);
    }

    private long register(final ArgumentBlock in, final ArgumentBlock out, final @Nullable MemorySegment segment) {
        final DomainResource domain = handles.get(in.getInt(), DomainResource.class);
        final int access = in.getInt();
        if (segment == null) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "no memory to register");
        }
        checkKnown(access);
        DomainResource.check(segment, access);
        final int pageSize = context.device().pageBytes();
        final long bytes = StagTable.pages(segment.address(), segment.byteSize(), pageSize) * pageSize;
        broker.lockedMemory().charge(account, bytes);
        final RegionResource region;
        try {
            region = domain.register(segment, access, (access & REMOTE) != 0);
        } catch (final RnicException e) {
            broker.lockedMemory().release(account, bytes);
            throw e;
        }
        regions.put(region.entry().stag(), region);
        out.putLong(region.entry().address()).putLong(region.entry().length()).putInt(region.entry().stag());
        final BrokeredRegion brokered = new BrokeredRegion(region, bytes);
        pinned.add(brokered);
        return handles.addOrElse(brokered, () -> close(brokered, false));
    }

    private static void checkKnown(final int access) {
        if ((access & ~KNOWN_ACCESS) != 0) {
            throw new RnicException(
                RnicError.INVALID_ARGUMENT, "unknown access bits 0x" + Integer.toHexString(access));
        }
    }

    private long reregister(final ArgumentBlock in) {
        final BrokeredRegion region = handles.get(in.getInt(), BrokeredRegion.class);
        final int access = in.getInt();
        checkKnown(access);
        region.resource().reregister(access, (access & REMOTE) != 0);
        return 0;
    }

    private long allocateWindow(final ArgumentBlock in) {
        final WindowResource window = handles.get(in.getInt(), DomainResource.class).allocateWindow();
        return handles.addOrElse(window, window::close);
    }

    private long queryWindow(final ArgumentBlock in, final ArgumentBlock out) {
        out.putInt(handles.get(in.getInt(), WindowResource.class).stag());
        return 0;
    }

    private long queryRegion(final ArgumentBlock in, final ArgumentBlock out) {
        final MemoryRegionAttributes attributes = handles.get(in.getInt(), BrokeredRegion.class).resource().query();
        out.putLong(attributes.address()).putLong(attributes.length()).putInt(attributes.lkey())
            .putInt(attributes.rkey()).putInt(attributes.domain());
        return Access.bits(attributes.access());
    }

    private long queryDomain(final ArgumentBlock in, final ArgumentBlock out) {
        final ProtectionDomainAttributes attributes = handles.get(in.getInt(), DomainResource.class).query();
        out.putInt(attributes.memoryRegions()).putInt(attributes.queuePairs())
            .putInt(attributes.sharedReceiveQueues());
        return attributes.number();
    }

    private long createCompletionQueue(final ArgumentBlock in, final ArgumentBlock out) {
        final int capacity = in.getInt();
        final int channel = in.getInt();
        final CompletionQueueResource queue = context.createCompletionQueue(
            capacity, channel == 0 ? null : handles.get(channel, ChannelResource.class));
        out.putInt(queue.number()).putInt(queue.capacity());
        return handles.addOrElse(queue, queue::close);
    }

    private long resizeCompletionQueue(final ArgumentBlock in) {
        final CompletionQueueResource queue = handles.get(in.getInt(), CompletionQueueResource.class);
        queue.resize(in.getInt());
        return queue.capacity();
    }

    private long queryCompletionQueue(final ArgumentBlock in, final ArgumentBlock out) {
        final CompletionQueueAttributes attributes = handles.get(in.getInt(), CompletionQueueResource.class).query();
        out.putInt(attributes.capacity()).putInt(attributes.armed() ? 1 : 0).putInt(attributes.overrun() ? 1 : 0);
        return attributes.unpolled();
    }

    private long createQueuePair(final ArgumentBlock in, final ArgumentBlock out) {
        final DomainResource domain = handles.get(in.getInt(), DomainResource.class);
        final CompletionQueueResource sends = handles.get(in.getInt(), CompletionQueueResource.class);
        final CompletionQueueResource receives = handles.get(in.getInt(), CompletionQueueResource.class);
        final QueueLimits limits = new QueueLimits(in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt(),
            DeviceConfig.MAX_MESSAGE_BYTES, in.getInt() != 0);
        final int access = in.getInt();
        final int shared = in.getInt();
        final QueuePairResource queuePair = QueuePairResource.create(domain, sends, receives,
            shared == 0 ? null : handles.get(shared, BrokeredSharedReceiveQueue.class).resource(), limits, access,
            new ReadLimits(in.getInt(), in.getInt()));
        out.putInt(queuePair.number());
        return handles.addOrElse(
            new BrokeredQueuePair(queuePair, context.device().stags(), regions::get), queuePair::close);
    }

    private long createSharedReceiveQueue(final ArgumentBlock in, final ArgumentBlock out) {
        final DomainResource domain = handles.get(in.getInt(), DomainResource.class);
        final SharedReceiveQueueResource queue = SharedReceiveQueueResource.create(domain, in.getInt(), in.getInt());
        out.putInt(queue.number());
        return handles.addOrElse(new BrokeredSharedReceiveQueue(queue, context.device().stags()), queue::close);
    }

    private long armSharedReceiveQueue(final ArgumentBlock in) {
        handles.get(in.getInt(), BrokeredSharedReceiveQueue.class).resource().armLimit(in.getInt());
        return 0;
    }

    private long querySharedReceiveQueue(final ArgumentBlock in, final ArgumentBlock out) {
        final SharedReceiveQueueAttributes attributes =
            handles.get(in.getInt(), BrokeredSharedReceiveQueue.class).resource().query();
        out.putInt(attributes.number()).putInt(attributes.maxReceives()).putInt(attributes.maxSges())
            .putInt(attributes.waiting()).putInt(attributes.space());
        return attributes.limit();
    }

    private long queryQueuePair(final ArgumentBlock in, final ArgumentBlock out) {
        final QueuePairResource queuePair = handles.get(in.getInt(), BrokeredQueuePair.class).resource();
        final QueuePairAttributes attributes = queuePair.query();
        out.putInt(attributes.maxSendRequests() - attributes.outstandingSends())
            .putInt(attributes.maxReceiveRequests() - attributes.outstandingReceives());
        QueuePairRecord.write(out, attributes);
        return attributes.state().code();
    }

    private long diagnose(final ArgumentBlock in, final ArgumentBlock out) {
        final Diagnosis diagnosis = handles.get(in.getInt(), BrokeredQueuePair.class).resource().diagnosis();
        if (diagnosis == null) {
            return 0;
        }
        DiagnosisRecord.write(out, diagnosis);
        return 1;
    }

    private long modifyQueuePair(final ArgumentBlock in) {
        final QueuePairResource queuePair = handles.get(in.getInt(), BrokeredQueuePair.class).resource();
        final int code = in.getInt();
        final @Nullable QueuePairState target;
        try {
            target = code == SystemCall.SAME_STATE ? null : QueuePairState.of(code);
        } catch (final IllegalArgumentException e) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
        queuePair.modify(new QueuePairChange(target, in.getInt(), in.getInt()));
        return 0;
    }

    private long close(final int handle) {
        final Object object = handles.get(handle, Object.class);
        final String said = saidWhenClosed(object);
        switch (object) {
            case BrokeredRegion region -> close(region, false);
            case WindowResource window -> window.close();
            case BrokeredQueuePair queuePair -> queuePair.resource().close();
            case CompletionQueueResource queue -> queue.close();
            case BrokeredSharedReceiveQueue queue -> queue.resource().close();
            case ChannelResource channel -> channel.close();
            case DomainResource domain -> domain.close();
            case ListenerResource listener -> listener.close();
            case ConnectionCalls.Attempt attempt -> attempt.pending().withdraw();
            default -> throw new RnicException(RnicError.INVALID_ARGUMENT, "handle " + handle + " cannot be closed");
        }
        handles.close(handle, said);
        return 0;
    }

    private static String saidWhenClosed(final Object object) {
        return switch (object) {
            case BrokeredRegion region -> region.resource().usage().name();
            case WindowResource window -> window.usage().name();
            case BrokeredQueuePair queuePair -> queuePair.resource().usage().name();
            case CompletionQueueResource queue -> queue.usage().name();
            case BrokeredSharedReceiveQueue queue -> queue.resource().usage().name();
            case ChannelResource channel -> channel.usage().name();
            case DomainResource domain -> domain.usage().name();
            case ListenerResource listener -> listener.usage().name();
            case ConnectionCalls.Attempt attempt -> attempt.pending().toString();
            default -> "the object";
        } + " is closed";
    }

    private boolean close(final BrokeredRegion region, final boolean byForce) {
        // A region that was cut is gone already; closing its handle is all that is left.
        if (!region.close(byForce)) {
            return false;
        }
        regions.remove(region.resource().entry().stag(), region.resource());
        pinned.remove(region);
        broker.lockedMemory().release(account, region.bytes());
        return true;
    }

    /**
     * Deregisters regions by force, the oldest first; their handles stay, and windows that are bound to them lead to
     * nothing. Returns the bytes that are free by that.
     */
    private long cut(final long bytes) {
        long freed = 0;
        for (final BrokeredRegion region : pinned) {
            if (freed >= bytes) {
                break;
            }
            freed += close(region, true) ? region.bytes() : 0;
        }
        return freed;
    }

    private long exit() {
        context.close();
        broker.leave(account, opener);
        return 0;
    }
}
