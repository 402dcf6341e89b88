package io.rnic.kernel.broker;

import io.rnic.emu.queue.CompletionFlyweight;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.CompletionRecord;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;

/** What a thread has while it is in the kernel: its own copy of the arguments, and room to decode requests. */
final class KernelStack {
    private static final ThreadLocal<KernelStack> STACKS = ThreadLocal.withInitial(KernelStack::new);

    /** The arguments, copied in. */
    final ArgumentBlock in = new ArgumentBlock();
    /** The results, to be copied out. */
    final ArgumentBlock out = new ArgumentBlock();
    /** Adds the completions that a poll hands it to the results. */
    final CompletionHandler recorder =
        completion -> CompletionRecord.write(out, (CompletionFlyweight) completion);
    /** A decoded send request. */
    final SendRequest send = new SendRequest();
    /** A decoded receive. */
    final ReceiveRequest receive = new ReceiveRequest();

    private KernelStack() {
    }

    static KernelStack current() {
        return STACKS.get();
    }
}
