/**
 * The verbs of a software RDMA NIC.
 *
 * <pre>
 *   Rnic.open(front end)
 *     +- ProtectionDomain
 *     |    +- MemoryRegion      registered application memory: lkey, rkey
 *     |    +- MemoryWindow      a part of a region under a key of its own
 *     |    +- QueuePair         postSend, postReceive, connect
 *     |    +- SharedReceiveQueue    postReceive, armLimit
 *     +- CompletionQueue        poll, requestNotification
 *     +- CompletionChannel      await
 *     +- awaitAsyncEvent        what no completion tells: AsyncEvent
 *     +- Listener               await, then ConnectionRequest.accept or reject
 * </pre>
 *
 * <p>The names are those of the verbs with Java's spelling: {@code ibv_reg_mr} is
 * {@link io.rnic.verbs.ProtectionDomain#registerMemory registerMemory}, {@code ibv_post_send} is
 * {@link io.rnic.verbs.QueuePair#postSend(SendRequest) postSend}, {@code ibv_poll_cq} is
 * {@link io.rnic.verbs.CompletionQueue#poll poll}, {@code ibv_req_notify_cq} is
 * {@link io.rnic.verbs.CompletionQueue#requestNotification requestNotification}.
 *
 * <p>Null is no argument anywhere: it is a NullPointerException, and nothing has happened.
 *
 * <p>Posting and polling allocate nothing. Everything else (the control path) throws
 * {@link io.rnic.verbs.RnicException}, whose message says what was given and what is allowed. Objects are closed in the
 * reverse order of their creation; closing one that is still in use is an error that names its users and changes
 * nothing.
 */
@NullMarked
package io.rnic.verbs;

import org.jspecify.annotations.NullMarked;
