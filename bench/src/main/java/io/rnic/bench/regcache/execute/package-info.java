/**
 * The same decisions on real memory: requests of a trace lease regions of a buffer from a RegistrationCache, and what
 * registering takes is measured; and the cost model of this machine is measured the same way.
 *
 * <pre>
 *   CompactTrace (offsets without the holes) -- Execution: RegistrationCache -- TimedDomain -- front end: mlock, STags
 *                                                                                  |
 *                                                                                Twin: the same in other memory
 * </pre>
 */
@NullMarked
package io.rnic.bench.regcache.execute;

import org.jspecify.annotations.NullMarked;
