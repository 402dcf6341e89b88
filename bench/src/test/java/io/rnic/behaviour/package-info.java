/**
 * What the verbs promise beyond the numbered list of {@code io.rnic.conformance}, tried through both front ends and in
 * both threading modes ({@link io.rnic.behaviour.EveryDoor}).
 */
@NullMarked
package io.rnic.behaviour;

import org.jspecify.annotations.NullMarked;
