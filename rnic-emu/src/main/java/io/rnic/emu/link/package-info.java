/**
 * How queue pairs are connected. {@link io.rnic.emu.link.LoopbackLink} joins two of the same device; it hands pieces of
 * messages from one's send side to the other's receive side in the thread that sends, with nothing in between. Where a
 * {@link io.rnic.emu.link.FaultPlan} asks for it, a {@link io.rnic.emu.link.FaultyLink} stands before it.
 *
 * <p>What goes over links can be written to a {@link io.rnic.emu.link.Capture}. Loopback has no wire; a {@link
 * io.rnic.emu.link.CapturingLink} in front of all writes the frames that there would be.
 */
@NullMarked
package io.rnic.emu.link;

import org.jspecify.annotations.NullMarked;
