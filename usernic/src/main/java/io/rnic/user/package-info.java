/**
 * The user-level front end (paper, Fig. 1 a): the application's queues and doorbells are mapped into it.
 *
 * <pre>
 *   application --post, poll--&gt; queues in shared memory --&gt; NIC       touches memory only
 *   application --everything else--&gt; crossing --&gt; driver --&gt; NIC     the kernel cannot be avoided there
 * </pre>
 */
@NullMarked
package io.rnic.user;

import org.jspecify.annotations.NullMarked;
