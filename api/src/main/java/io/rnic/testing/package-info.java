/**
 * For tests of RDMA code: each test runs through every front end, and what it leaves open fails it.
 *
 * <pre>
 *   &#64;RnicTest                       one run for each front end and threading mode
 *     +- Rnic                       an opened NIC of a device that no other test has
 *     +- RnicOptions                to open more of the same device
 *     +- ConnectedPair              two opened NICs, connected
 *          +- client(), server()    a Side each: domain, completion queues, queue pair, region
 *
 *   Completions.await               polls with patience
 *     +- CompletedRequest           a completion, kept
 *          +- RnicAssertions        assertThat(completed).succeeded().hasByteLength(5)
 *
 *   Await                         waits for what happens later: a state, a diagnosis
 * </pre>
 *
 * <p>{@link io.rnic.testing.RnicTest} and its extension need JUnit Jupiter on the class path,
 * {@link io.rnic.testing.RnicAssertions} needs AssertJ; the others need neither.
 */
@NullMarked
package io.rnic.testing;

import org.jspecify.annotations.NullMarked;
