/**
 * How queue pairs are connected. {@link io.rnic.emu.link.LoopbackLink} joins two of the same device; it hands pieces of
 * messages from one's send side to the other's receive side in the thread that sends, with nothing in between; so
 * requests of one piece pass it by.
 * {@link io.rnic.emu.link.TcpStream} is one end of a TCP connection, which Netty sets up:
 *
 * <pre>
 *   send side - TcpLink: FPDUs - Staging (short) or straight from the region (long) - TcpOutput - socket
 *   placement - StreamReceiver - FpduReader: FPDUs out of a stream - ReceiveBuffer - socket
 *                                                                 by a PolledSocket, or a channel
 * </pre>
 *
 * <p>With epoll the stream takes the socket over from its channel: a {@code PolledSocket} is written in the thread that
 * posts ({@code SocketOutput}), and read in the thread that polls a completion queue in vain ({@link
 * io.rnic.emu.queue.IdlePolls}) or, while nobody polls, in the event loop. Elsewhere the channel does it
 * ({@code ChannelOutput}).
 *
 * <p>The event loops are those of Netty, but for this: what a handler, a task or a logger throws past Netty ends none
 * of them ({@code LastingEventLoop}).
 *
 * <p>The large buffers, {@code ReceiveBuffer} and {@code Staging}, are no thread's and no connection's: they stand on a
 * {@code Shelf} but for the moment in which a thread uses them. What a connection keeps for its peer, which is an FPDU
 * of which a part has come and what the socket has no room for, is limited, and in all connections by {@code Budget}.
 *
 * <p>A peer that stops in the middle of something, or goes on with it by a byte now and then, is dropped by a {@code
 * StallTimer} of the event loop, which is scheduled only while something is going on: an {@code ArrivalTimer} for what
 * comes and for answers that are owed, another for what a channel sends. Where a {@code PolledSocket} writes, the
 * system drops who takes nothing or little (TCP_USER_TIMEOUT: Linux counts from when the peer had no room left).
 *
 * <p>What was tried, on two cores that are near each other, and what it gave ({@code rnic peers}; a ratio is to Netty's
 * own in the same round):
 * <ul>
 * <li>Reading in the event loop alone, beside two threads that poll: a Send there and back takes 3.1 times as long as
 *     Netty's echo; reading where it is polled, 0.95 to 1.0 times.
 * <li>A gathered write for each FPDU and another for the rest of the message: a Write of 64 KiB reaches 0.5 of Netty's
 *     stream; all in one, 0.75.
 * <li>An event loop that sleeps as soon as nothing is there: 0.7 to 0.8; one that has read much looks again for 50 us:
 *     0.95 to 1.05.
 * <li>Copying what a full socket does not take costs most with long messages: so it is asked before whether a third of
 *     its buffer is free, and then takes all.
 * <li>Reading 64 KiB or 1 MiB at once instead of 256 KiB: no difference.
 * <li>Writing 128 KiB at once: Writes of 1 MiB with CRCs reach 0.69; 256 KiB, 0.74 to 0.82, and 1.0 to 1.1 without;
 *     512 KiB, 0.88 to 0.93 and 1.29; 600 to 900 KiB, 1.0 to 1.07 and 1.27 to 1.39; 1 MiB, 0.84 to 1.0 and 1.36. The
 *     reader takes some while the writer brings the next; each write anew keeps it from that.
 * <li>An event loop for each core: 1,000 connections 0.78 to 0.81 times as fast as one; a loop less, 0.83 to 0.90.
 * <li>A send buffer of 256 KiB for a peer on this machine, so that what is on its way stays in the cache: nothing but
 *     while neighbours take that away.
 * </ul>
 *
 * <p>Where a {@link io.rnic.emu.link.FaultPlan} asks for it, a {@link io.rnic.emu.link.FaultyLink} or {@link
 * io.rnic.emu.link.FaultyStreamLink} stands before them.
 *
 * <p>What goes over links can be written to a {@link io.rnic.emu.link.Capture}. Loopback has no wire; a {@link
 * io.rnic.emu.link.CapturingLink} in front of all writes the frames that there would be.
 */
@NullMarked
package io.rnic.emu.link;

import org.jspecify.annotations.NullMarked;
