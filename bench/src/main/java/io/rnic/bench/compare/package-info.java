/**
 * {@code rnic compare}: what the kernel costs. The same experiments through each front end of one device, in turns.
 *
 * <pre>
 *   CompareCommand   the command line
 *     Comparison     limits, message tests, file: one after the other
 *       Turns        user, kernel, user, kernel, ... round by round; warm-up apart
 *         Experiment one of SendLatency, WriteLatency, ReadLatency,
 *                    SendBandwidth, OneSidedBandwidth, FileStream
 *           Pair     client Endpoint ==(loopback)== server Endpoint, both of one front end
 *       Results      samples to rows: δ (Eq. 3) and PD (Eq. 2) of the paper
 *     CompareTable   rows to a table
 * </pre>
 *
 * <p>The client side of a pair belongs to the main thread, the server side to the partner thread, from the first post
 * on.
 */
@NullMarked
package io.rnic.bench.compare;

import org.jspecify.annotations.NullMarked;
