/**
 * {@code rnic scale}: what many cost beside one. Of queue pairs, of entries of the STag table, of pages.
 *
 * <pre>
 *   ScaleCommand          the command line
 *     Scaling             the experiments, one after the other
 *       QueuePairScaling  for each count a device of its own with a ConnectedPairs; all of them exist at the same
 *                         time and take turns: 1, 64, 4096, 65536, 1, 64, ...
 *                           Traffic: one thread posts, to one queue pair or to each in turn
 *       ObjectBytes       on board and in shared memory, user-level and kernel (paper, §III-A)
 *       StagScaling       find and check in a table of many entries beside one of a single entry
 *       RegionScaling     register and deregister by pages, and beside many regions
 *     BatchTimer            times all of them: a round's figure is the median of its batches
 *     Results             rounds to figures and ratios
 *     ScaleForms          the report as a table, JSON and CSV
 * </pre>
 *
 * <p>A count of n queue pairs means n that post, each connected by loopback to a peer of its own on the same device,
 * which so has 2n of them. All share a domain, a region and two completion queues. A ratio is taken round by round, so
 * what changes on the machine meanwhile changes for both sides of it.
 */
@NullMarked
package io.rnic.bench.scale;

import org.jspecify.annotations.NullMarked;
