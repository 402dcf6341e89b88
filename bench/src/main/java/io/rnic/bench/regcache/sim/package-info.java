/**
 * Caches that register nothing and count what it would cost, and bounds on what any cache would.
 *
 * <pre>
 *   RequestBatch -- Simulation: RegionSimulation (RegionTable), UnitSimulation, ... -- Tally -- CostModel: cost
 * </pre>
 */
@NullMarked
package io.rnic.bench.regcache.sim;

import org.jspecify.annotations.NullMarked;
