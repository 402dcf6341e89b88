/**
 * {@code rnic peers}: the NIC beside the limits of the machine and beside others that move messages, in rounds, on the
 * same payloads.
 *
 * <pre>
 *   PeersCommand        the command line
 *     Peers             sets up, warms up, then rounds: every test for a slice of some ten milliseconds
 *       Jvm             where tests run:
 *         ThisJvm       in this one
 *         ChildJvm      in a child, ChildMain, which is a ThisJvm that is told what to do line by line
 *       Rig             what the tests of a JVM share: partner thread, device, block memory, Aeron's driver
 *       Kinds           all tests in the order of a round
 *         CacheLineRoundTrip  BareRoundTrip         the limits
 *         CopyLimit
 *         RingRoundTrip       RingStream            Agrona
 *         AeronRoundTrip      AeronStream           Aeron IPC
 *         NettyRoundTrip      NettyBlocks           TCP: NettyPair, two event loops; NettyRun
 *         SendRoundTrip       WriteRoundTrip        the NIC, through either front end:
 *         SendStream  WriteStream                     Outbox ==(Link)== Inbox
 *         WriteBlocks  ReadBlocks                 these over TCP too, by the user front end
 *         TcpConnections      ConnectionMemory    many connections by TCP beside one
 *       Ucx             ucx_perftest, two child processes
 *     Figure, Ratios    what came of it; PeersReport, PeersTable
 * </pre>
 *
 * <p>Tests have JVMs of their own, as benchmarks have in JMH: where all the others run too the same code is compiled
 * worse, and how much worse goes with what ran before. {@code --one-jvm} shows it. Each is started once: what a
 * compiler made of it by luck stays for all rounds, and shows only between runs.
 *
 * <p>Loops that are timed are written out in each test, for a loop that they shared would be compiled for none of them.
 */
@NullMarked
package io.rnic.bench.peers;

import org.jspecify.annotations.NullMarked;
