/**
 * {@code rnic pieces}: what each piece of the data path costs by itself, measured by JMH with its allocation profiler.
 *
 * <pre>
 *   PiecesCommand         the command line; runs the benchmarks below, each in a JVM of its own
 *     QueueBenchmark        post and take                       host =slots, count=&gt; NIC
 *     CompletionBenchmark   push and poll                       NIC  =entries=&gt; host
 *     HandOverBenchmark     the same from thread to thread
 *     StagBenchmark         find and check an STag
 *     TranslationBenchmark  virtual address to bus address
 *     CopyBenchmark         bytes by size: a segment's copy, and through a DMA window
 *     LockBenchmark         BiasedLock, by its owner and after the bias has ended
 *     CrossingBenchmark     into the kernel and back
 *     LeaseBenchmark        a region leased from the cache of registrations that has it
 *     WriteBenchmark        a whole RDMA Write, posted and polled, through both front ends
 * </pre>
 *
 * <p>JMH makes subclasses of the benchmarks' classes, so they are not final. No benchmark has more than two threads.
 */
@NullMarked
package io.rnic.bench.pieces;

import org.jspecify.annotations.NullMarked;
