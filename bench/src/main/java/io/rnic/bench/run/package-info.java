/**
 * What every measurement stands on: a second thread, waiting with an end, and samples.
 *
 * <pre>
 *   main thread (client)                partner thread (server)
 *   partner.beside(theirs, ours)  ---&gt;  theirs runs ... says ready()
 *     ours runs: measures         &lt;--&gt;  ... until stopping()
 *     ours returns                ---&gt;  theirs returns, the thread parks
 * </pre>
 *
 * <p>Nothing waits for ever: a {@link io.rnic.bench.run.Waiting} gives up after some seconds, and at once when the
 * other thread has failed.
 */
@NullMarked
package io.rnic.bench.run;

import org.jspecify.annotations.NullMarked;
