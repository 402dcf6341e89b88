/**
 * What the verbs promise, tried through both front ends and in both threading modes: every class here runs once for
 * each {@link io.rnic.behaviour.Door}.
 */
@NullMarked
package io.rnic.behaviour;

import org.jspecify.annotations.NullMarked;
