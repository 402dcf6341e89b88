package io.rnic.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.queue.CompletionFlyweight;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.CompletionRecord;
import io.rnic.kernel.syscall.Kernel;
import io.rnic.kernel.syscall.ReceiveRecord;
import io.rnic.kernel.syscall.SendRecord;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.Access;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process that calls the kernel by hand. */
final class KernelProcess {
    static final int ALL_ACCESS = Access.bits(Access.values());

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    final Kernel kernel;
    private final ArgumentBlock block = new ArgumentBlock();

    KernelProcess(final Kernel kernel) {
        this.kernel = kernel;
    }

    /** A process of a device of that name that locks nothing. */
    static KernelProcess open(final String device, final String... settings) {
        RnicOptions options = RnicOptions.defaults().with("device", device).with("crossing", "none")
            .with("pinning", "accounted");
        for (int i = 0; i < settings.length; i += 2) {
            options = options.with(settings[i], settings[i + 1]);
        }
        return new KernelProcess(Broker.open(options));
    }

    /** A registered region. */
    record Region(int handle, long address, int key) {
    }

    /** A queue pair. */
    record Pair(int handle, int number) {
    }

    ArgumentBlock block() {
        return block.clear();
    }

    long call(final int number, final int... arguments) {
        block();
        for (final int argument : arguments) {
            block.putInt(argument);
        }
        return call(number, (MemorySegment) null);
    }

    /** Calls with what is in the block already; what fails is thrown. */
    long call(final int number, final @Nullable MemorySegment attachment) {
        final long result = kernel.call(number, block, attachment);
        if (result < 0) {
            assertThat(result).isEqualTo(SystemCall.FAILED);
            throw new RnicException(RnicError.valueOf(block.getText()), block.getText());
        }
        return result;
    }

    /** What comes next of the last call's results. */
    int lastInt() {
        return block.getInt();
    }

    int create(final int number, final int... arguments) {
        final long handle = call(number, arguments);
        assertThat(handle).isBetween(1L, (long) Integer.MAX_VALUE);
        return (int) handle;
    }

    Region register(final int domain, final MemorySegment memory) {
        return register(domain, memory, ALL_ACCESS);
    }

    Region register(final int domain, final MemorySegment memory, final int access) {
        block().putInt(domain).putInt(access);
        final int handle = (int) call(SystemCall.REGISTER_MEMORY, memory);
        final long address = block.getLong();
        assertThat(block.getLong()).isEqualTo(memory.byteSize());
        return new Region(handle, address, block.getInt());
    }

    /** The key of a window's last binding. */
    int windowKey(final int window) {
        call(SystemCall.QUERY_WINDOW, window);
        return block.getInt();
    }

    Pair createQueuePair(final int domain, final int queue) {
        return createQueuePair(domain, queue, 0);
    }

    Pair createQueuePair(final int domain, final int queue, final int sharedReceives) {
        final int handle = create(SystemCall.CREATE_QUEUE_PAIR, domain, queue, queue, 16, 16, 2, 2, 64, 0,
            ALL_ACCESS, sharedReceives, 16, 16);
        return new Pair(handle, block.getInt());
    }

    int listen(final int port) {
        block().putBytes(LOOPBACK).putInt(port);
        final int handle = (int) call(SystemCall.LISTEN, (MemorySegment) null);
        lastPort = block.getInt();
        return handle;
    }

    /** The port of the last listener. */
    int lastPort;

    int connect(final Pair pair, final int port) {
        block().putInt(pair.handle).putBytes(LOOPBACK).putInt(port).putBytes(new byte[] {1, 2});
        return (int) call(SystemCall.CONNECT, (MemorySegment) null);
    }

    /** Connects two queue pairs of this process. */
    void connect(final Pair asking, final Pair accepting) {
        final int listener = listen(0);
        final int attempt = connect(asking, lastPort);
        final int request = create(SystemCall.AWAIT_REQUEST, listener, 0);
        block().putInt(request).putInt(accepting.handle).putBytes(new byte[0]);
        call(SystemCall.ACCEPT, (MemorySegment) null);
        call(SystemCall.AWAIT_CONNECTION, attempt, 0);
        call(SystemCall.CLOSE, attempt);
        call(SystemCall.CLOSE, listener);
    }

    void post(final Pair pair, final SendRequest request) {
        SendRecord.write(block().putInt(pair.handle).putInt(1), request, 16, 512);
        assertThat(call(SystemCall.POST_SEND, (MemorySegment) null)).isEqualTo(1);
    }

    void post(final Pair pair, final ReceiveRequest request) {
        ReceiveRecord.write(block().putInt(pair.handle).putInt(1), request, 16);
        assertThat(call(SystemCall.POST_RECEIVE, (MemorySegment) null)).isEqualTo(1);
    }

    /** The completions that are there: wrId, opcode, status. */
    List<String> poll(final int queue) {
        final int count = (int) call(SystemCall.POLL, queue, 100);
        final List<String> polled = new ArrayList<>();
        final CompletionFlyweight completion = new CompletionFlyweight();
        for (int i = 0; i < count; i++) {
            CompletionRecord.read(block.address(), i * CompletionRecord.BYTES, completion);
            polled.add(completion.wrId() + " " + completion.opcode() + " " + completion.status());
        }
        return polled;
    }
}
