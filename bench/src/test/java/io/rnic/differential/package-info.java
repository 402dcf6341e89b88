/**
 * Random programs of verbs, run through both front ends and held against a model; and memory under fire.
 *
 * <pre>
 *   ProgramGenerator --seed--> Program of Calls --+--> Machine (user)    --Outcome--+
 *                                                 +--> Machine (kernel)  --Outcome--+--> Model: may that be?
 *                                                                                   |
 *                              Shrinker  &lt;-- the first outcome that may not be -----+
 * </pre>
 *
 * <p>The model is a second, small implementation of what the verbs promise, in plain Java: no device, and no memory but
 * byte arrays. What verbs leave open it leaves open too: the order in which completions of different queues are polled,
 * and bytes that are nobody's to look at, for instance of a message that has come and whose completion is not polled.
 *
 * <p>Programs run in INVOKER, fewer of them in DEDICATED, where a call counts as done when the NIC's thread has done
 * what it was given. They run on loopback alone: over TCP a request completes before the peer has taken it, and is
 * refused by a Terminate later, so that one program has many right outcomes. The fire burns over TCP too.
 */
@NullMarked
package io.rnic.differential;

import org.jspecify.annotations.NullMarked;
