/**
 * How queue pairs are connected. {@link io.rnic.emu.link.LoopbackLink} joins two of the same device; it hands pieces of
 * messages from one's send side to the other's receive side in the thread that sends, with nothing in between. Where a
 * {@link io.rnic.emu.link.FaultPlan} asks for it, a {@link io.rnic.emu.link.FaultyLink} stands before it.
 */
@NullMarked
package io.rnic.emu.link;

import org.jspecify.annotations.NullMarked;
