package io.rnic.kernel.broker;

import io.rnic.emu.host.PerThread;
import io.rnic.emu.queue.CompletionFlyweight;
import io.rnic.emu.queue.CompletionReader;
import io.rnic.emu.queue.CompletionRecorder;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.CompletionRecord;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a thread has while it is in the kernel: its own copy of the arguments, and room to decode requests. */
final class KernelStack extends PerThread.Owned {
    private static final PerThread<KernelStack> STACKS = new PerThread<>(KernelStack::new);

    /** The arguments, copied in. */
    final ArgumentBlock in = new ArgumentBlock();
    /** The results, to be copied out. */
    final ArgumentBlock out = new ArgumentBlock();
    /** The caller's block, while completions are copied out to it. */
    private @Nullable ArgumentBlock polled;
    private final Recorder recorder = new Recorder();
    /** A decoded send request. */
    final SendRequest send = new SendRequest();
    /** A decoded receive. */
    final ReceiveRequest receive = new ReceiveRequest();

    private KernelStack() {
    }

    private final class Recorder extends CompletionRecorder {
        @Override
        public void record(final CompletionFlyweight completion) {
            CompletionRecord.write(Objects.requireNonNull(polled), completion);
        }
    }

    /** Polls; each completion is copied out by itself, as it comes. */
    long poll(final CompletionReader queue, final int limit, final ArgumentBlock to) {
        polled = to;
        try {
            return queue.poll(recorder, limit);
        } finally {
            polled = null;
        }
    }

    static KernelStack current() {
        return STACKS.get();
    }
}
