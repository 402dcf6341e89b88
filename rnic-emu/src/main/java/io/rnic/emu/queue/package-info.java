/**
 * The memory in which host and NIC meet, and the host's half of it. No Java object crosses: the host writes slots and
 * counters, the NIC reads them, and the other way round.
 *
 * <pre>
 *   host                      shared memory                          NIC
 *   HostQueuePair
 *     SendQueue     -- slots --&gt; SendSlotLayout                    -&gt; takes in order
 *                   -- count --&gt; DoorbellLayout.SEND_COUNT         -&gt; reads when its copy is used up
 *     ReceiveQueue  -- slots --&gt; ReceiveSlotLayout                 -&gt; takes one a message
 *                   -- count --&gt; DoorbellLayout.RECEIVE_COUNT      -&gt; reads when its copy is used up
 *                   &lt;- state --  DoorbellLayout.STATE              &lt;- the queue pair's state
 *   CompletionReader &lt;- entries - CompletionLayout                 &lt;- CompletionWriter
 *                   -- count --&gt; CompletionLayout.CONSUMED         -&gt; reads when the ring looks full
 * </pre>
 *
 * <p>What only one side needs stays private to it: the application's wr_id never leaves the host (a completion names
 * the slot, as hardware does), and the host frees slots by what it polled, not by a counter of the NIC. So each line is
 * written by one side, and a message moves the lines of one receive slot, one completion and its bytes.
 *
 * <p>A consumer knows a new completion by its phase bit, which changes with every lap; nothing has to be cleared.
 */
@NullMarked
package io.rnic.emu.queue;

import org.jspecify.annotations.NullMarked;
