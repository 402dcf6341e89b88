/**
 * How queue pairs are connected. {@link io.rnic.emu.link.LoopbackLink} joins two of the same device; it hands pieces of
 * messages from one's send side to the other's receive side in the thread that sends, with nothing in between.
 */
@NullMarked
package io.rnic.emu.link;

import org.jspecify.annotations.NullMarked;
