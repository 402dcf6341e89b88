/**
 * The kernel front end (paper, Fig. 1 b), the application's side: it writes arguments into a block, crosses, and reads
 * the results; it decides nothing.
 *
 * <pre>
 *   application --arguments--&gt; ArgumentBlock ==crossing==&gt; broker: copy in, look up, check, translate --&gt; NIC
 * </pre>
 */
@NullMarked
package io.rnic.kernel;

import org.jspecify.annotations.NullMarked;
