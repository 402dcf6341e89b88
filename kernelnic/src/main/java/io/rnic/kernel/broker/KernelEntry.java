package io.rnic.kernel.broker;

import io.rnic.emu.ChannelResource;
import io.rnic.emu.CompletionQueueResource;
import io.rnic.emu.DeviceContext;
import io.rnic.emu.host.Crossing;
import io.rnic.emu.queue.AsyncEvents;
import io.rnic.kernel.policy.ProcessAccount;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.CompletionRecord;
import io.rnic.kernel.syscall.HandleTable;
import io.rnic.kernel.syscall.Kernel;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.DeviceAttributes;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Where one process enters the kernel: crosses, copies in, dispatches, copies out. Holds the process's handles. */
public final class KernelEntry implements Kernel {
    private static final int MAX_POLL = ArgumentBlock.BYTES / CompletionRecord.BYTES;

    private final Broker broker;
    private final Crossing crossing;
    private final ProcessAccount account;
    private final ProcessAccount.Opener opener;
    private final DeviceContext context;
    private final HandleTable handles = new HandleTable();
    private final ObjectCalls objects;
    private final ConnectionCalls connections;

    KernelEntry(final Broker broker, final DeviceContext context, final ProcessAccount account,
        final ProcessAccount.Opener opener) {
        this.broker = broker;
        this.account = account;
        this.opener = opener;
        this.context = context;
        crossing = context.device().crossing();
        objects = new ObjectCalls(broker, context, account, opener, handles);
        connections = new ConnectionCalls(broker, context, account, handles);
    }

    @Override
    public long call(final int number, final ArgumentBlock block, final @Nullable MemorySegment attachment) {
        crossing.cross();
        account.countSystemCall();
        final KernelStack stack = KernelStack.current();
        long result;
        try {
            // Copied before it is looked at: what the caller writes meanwhile changes nothing.
            stack.in.copyFrom(block);
            if (number == SystemCall.POLL) {
                return poll(stack, block.clear());
            }
            stack.out.clear();
            result = dispatch(number, stack, attachment);
        } catch (final RnicException e) {
            result = fail(stack.out, e);
        } catch (final InterruptedException e) {
            stack.out.clear();
            result = SystemCall.INTERRUPTED;
        }
        block.copyFrom(stack.out);
        return result;
    }

    private static long fail(final ArgumentBlock out, final RnicException e) {
        out.clear();
        out.putText(e.error().name());
        out.putText(String.valueOf(e.getMessage()));
        out.putBytes(e instanceof RejectedException rejected ? rejected.privateData() : new byte[0]);
        return SystemCall.FAILED;
    }

    private long dispatch(final int number, final KernelStack stack, final @Nullable MemorySegment attachment)
        throws InterruptedException {
        return switch (number) {
            case SystemCall.POST_SEND -> queuePair(stack).postSend(stack, stack.in.getInt());
            case SystemCall.POST_RECEIVE -> queuePair(stack).postReceive(stack, stack.in.getInt());
            case SystemCall.POST_SHARED_RECEIVE -> handles.get(stack.in.getInt(), BrokeredSharedReceiveQueue.class)
                .postReceive(stack, stack.in.getInt());
            case SystemCall.ARM -> arm(stack);
            case SystemCall.AWAIT_CHANNEL -> handles.get(stack.in.getInt(), ChannelResource.class).channel()
                .await(stack.in.getLong());
            case SystemCall.AWAIT_ASYNC_EVENT -> awaitAsyncEvent(stack);
            case SystemCall.LISTEN, SystemCall.AWAIT_REQUEST, SystemCall.ACCEPT, SystemCall.REJECT, SystemCall.CONNECT,
                SystemCall.AWAIT_CONNECTION, SystemCall.DISCONNECT -> connections.dispatch(number, stack.in, stack.out);
            default -> objects.dispatch(number, stack.in, stack.out, attachment);
        };
    }

    private BrokeredQueuePair queuePair(final KernelStack stack) {
        return handles.get(stack.in.getInt(), BrokeredQueuePair.class);
    }

    private long poll(final KernelStack stack, final ArgumentBlock to) {
        final CompletionQueueResource queue = handles.get(stack.in.getInt(), CompletionQueueResource.class);
        final int limit = stack.in.getInt();
        return stack.poll(queue.reader(), Math.min(limit, MAX_POLL), to);
    }

    private long arm(final KernelStack stack) {
        handles.get(stack.in.getInt(), CompletionQueueResource.class).arm(stack.in.getInt() != 0);
        return 0;
    }

    private long awaitAsyncEvent(final KernelStack stack) throws InterruptedException {
        final AsyncEvents.Event event = context.asyncEvents().await(stack.in.getLong());
        if (event == null) {
            return 0;
        }
        stack.out.putInt(event.type().code()).putInt(event.number()).putLong(event.lost());
        return 1;
    }

    @Override
    public DeviceAttributes attributes() {
        return context.device().attributes();
    }

    @Override
    public boolean onReclaim(final LongUnaryOperator giveBack) {
        opener.onReclaim(giveBack);
        return broker.lockedMemory().reclaims();
    }

    @Override
    public void onDeregister(final int handle, final Runnable notice) {
        final BrokeredRegion region = handles.find(handle, BrokeredRegion.class);
        if (region == null) {
            notice.run();
        } else {
            region.resource().onDeregister(notice);
        }
    }

    @Override
    public Map<String, Long> counters() {
        final Map<String, Long> counters = context.device().counters();
        counters.putAll(context.counters().asMap("process."));
        counters.put("process.systemCalls", account.systemCalls());
        counters.put("process.lockedBytes", account.lockedBytes());
        counters.put("process.bytesGivenBack", account.bytesGivenBack());
        counters.put("process.bytesCut", account.bytesCut());
        return counters;
    }

    static RnicException unknown(final int number) {
        return new RnicException(RnicError.INVALID_ARGUMENT, "unknown system call " + number);
    }
}
