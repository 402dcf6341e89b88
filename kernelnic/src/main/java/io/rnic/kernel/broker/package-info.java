/**
 * The kernel: the only one who has the device. It trusts no argument.
 *
 * <pre>
 *   KernelEntry.call --&gt; copy in --&gt; look up handles in the caller's table --&gt; check --&gt; policy
 *     post: BrokeredQueuePair, BrokeredSharedReceiveQueue:
 *           pieces of memory checked and translated to bus addresses --&gt; privileged queue pair,
 *           in the copy itself where a send request has one piece
 *     poll: completion queue --&gt; records --&gt; copy out
 * </pre>
 *
 * <p>The NIC holds no translations for buffers of Sends and receives, because the kernel translates them (paper,
 * §III-A); it gets a region's translations when RDMA can reach the region: registered with remote access, or named as a
 * Read's sink. What the kernel cannot translate (a wrong key, bounds) it leaves as it is for the NIC to refuse, so that
 * an application sees the same completion through either door.
 */
@NullMarked
package io.rnic.kernel.broker;

import org.jspecify.annotations.NullMarked;
