/**
 * What the verbs promise beyond the numbered list of {@code io.rnic.conformance}, tried through both front ends, in
 * both threading modes and over both links ({@link io.rnic.behaviour.EveryDoor}).
 * {@link io.rnic.behaviour.RawPeer} is a peer by TCP that may do what no NIC does.
 */
@NullMarked
package io.rnic.behaviour;

import org.jspecify.annotations.NullMarked;
