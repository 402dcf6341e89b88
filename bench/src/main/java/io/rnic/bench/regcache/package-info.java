/**
 * The registration laboratory, {@code rnic regcache}: what registration costs under which policy and limit.
 *
 * <pre>
 *   trace: RequestSource --+-- sim: Sweep of Simulations, Bounds --+
 *                          |                                       +-- RegcacheReport -- table, JSON, CSV, SVG, HTML
 *                          +-- execute: the same on real memory ---+
 * </pre>
 *
 * <p>A trace of a disk has offsets, and a cache of registrations has addresses: here the file or disk stands for one
 * large mapped buffer, so offset and address are the same. That is an assumption.
 */
@NullMarked
package io.rnic.bench.regcache;

import org.jspecify.annotations.NullMarked;
