/**
 * How queue pairs are connected. {@link io.rnic.emu.link.LoopbackLink} joins two of the same device; it hands pieces of
 * messages from one's send side to the other's receive side in the thread that sends, with nothing in between.
 * {@link io.rnic.emu.link.TcpStream} is one end of a TCP connection, by Netty:
 *
 * <pre>
 *   send side - TcpLink: FPDUs - Staging (short) or straight from the region (long) - TcpOutput - socket
 *   placement - StreamReceiver - FpduReader: FPDUs out of a stream - ReceiveBuffer of the loop  - socket
 * </pre>
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
