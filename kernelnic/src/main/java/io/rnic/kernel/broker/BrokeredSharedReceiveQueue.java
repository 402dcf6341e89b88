package io.rnic.kernel.broker;

import io.rnic.emu.SharedReceiveQueueResource;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.HostSharedReceives;
import io.rnic.emu.queue.PostResult;
import io.rnic.kernel.syscall.ReceiveRecord;
import io.rnic.verbs.RnicException;

/** A shared receive queue that the kernel keeps for a process. */
final class BrokeredSharedReceiveQueue {
    private final SharedReceiveQueueResource resource;
    private final HostSharedReceives host;
    private final ReceiveRecord.SgeTranslator translator;

    BrokeredSharedReceiveQueue(final SharedReceiveQueueResource resource, final StagTable stags) {
        this.resource = resource;
        host = resource.host();
        translator = new BusAddresses(stags, resource.domain().number())::addTo;
    }

    SharedReceiveQueueResource resource() {
        return resource;
    }

    /** As {@link BrokeredQueuePair#postReceive}. */
    long postReceive(final KernelStack stack, final int count) {
        PostResult result = PostResult.OK;
        int posted = 0;
        host.begin();
        try {
            while (posted < count && result == PostResult.OK) {
                result = add(stack);
                posted += result == PostResult.OK ? 1 : 0;
            }
        } finally {
            host.end();
        }
        stack.out.putInt(result.code());
        return posted;
    }

    private PostResult add(final KernelStack stack) {
        try {
            ReceiveRecord.read(stack.in, stack.receive, translator);
        } catch (final RnicException e) {
            return PostResult.MALFORMED;
        }
        return host.add(stack.receive);
    }
}
