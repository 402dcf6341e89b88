/**
 * {@code rnic send-lat} and its five like: what perftest measures, by iWARP over TCP between two machines.
 *
 * <pre>
 *   Client                                                     Server
 *     control  BEGIN bytes                             ----&gt;     prepares
 *                                                      &lt;----   READY
 *     data 1..q: the Measurement of the test           &lt;---&gt;   the same one's other part
 *     control  END iterations                          ----&gt;     has done as many?
 *                                                      &lt;----   DONE iterations
 *     ... each size in turn, at last BYE               &lt;---&gt;   BYE, and both end
 *
 *   Measurement --+-- PingPong ---- Turn:  SendTurn, WriteTurn
 *                 +-- ReadLatency
 *                 +-- Stream ------ Flow:  SendFlow, WriteFlow, ReadFlow
 * </pre>
 *
 * <p>One connection is for control, and one for each queue pair with data. The private data of each ({@link
 * io.rnic.bench.perftest.Greeting}) says what a side runs and where its memory is; a side that runs something else is
 * an error on both. A server serves one client; a connection that breaks ends the other side with an error, also while
 * the client is still making the rest of them ({@link io.rnic.bench.perftest.Admission}).
 *
 * <p>What iWARP makes different from InfiniBand: a Send without a posted receive ends the connection, so the server of
 * a stream of Sends posts up to 512 receives ahead and writes into the client's memory how many it posted ({@link
 * io.rnic.bench.perftest.SendFlow}). A Send or Write is done when the stream has its bytes, so the time of a stream
 * ends when the server says that it has all, or when a Read behind the Writes is answered ({@link
 * io.rnic.bench.perftest.WriteFlow}): the average is of bytes that are placed. The peak goes by completions, so of
 * Sends and Writes it is the rate at which the stream took them.
 */
@NullMarked
package io.rnic.bench.perftest;

import org.jspecify.annotations.NullMarked;
