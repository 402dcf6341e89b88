/**
 * Where requests come from: trace files in several formats, and workloads that are made here. Streams all of them.
 *
 * <pre>
 *   TraceFile: file - gzip, zstd - lines - TraceFormat --+
 *                                                        +-- RequestSource.Reader -- RequestBatch
 *   Workload: a seed ------------------------------------+
 * </pre>
 */
@NullMarked
package io.rnic.bench.regcache.trace;

import org.jspecify.annotations.NullMarked;
