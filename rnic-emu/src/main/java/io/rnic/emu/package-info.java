/**
 * The device, as front ends open it. A {@link io.rnic.emu.Device} is shared by all who open its name in this JVM; each
 * opener has a {@link io.rnic.emu.DeviceContext} with objects of its own:
 *
 * <pre>
 *   Device      limits, on-board memory, pinning, STag table, engine, ports
 *     +- DeviceContext              one opener: a user-level process, or the kernel for one of its processes
 *          +- DomainResource
 *          |    +- RegionResource       a pin, an entry of the STag table, a DMA window
 *          |    +- WindowResource       an entry of the STag table, bound by requests
 *          |    +- QueuePairResource    the host's half, the NIC's half, the memory between
 *          |    +- SharedReceiveQueueResource    the same
 *          +- CompletionQueueResource
 *          +- ChannelResource
 *          +- ListenerResource
 * </pre>
 *
 * <p>This is the control path: it locks, allocates and throws {@link io.rnic.verbs.RnicException}. Each object knows
 * who uses it and refuses to be closed before them.
 */
@NullMarked
package io.rnic.emu;

import org.jspecify.annotations.NullMarked;
