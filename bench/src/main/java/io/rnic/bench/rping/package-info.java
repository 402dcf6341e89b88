/**
 * {@code rnic rping}: rdma-core's rping(1), byte for byte on the wire, so that either end may be Linux's.
 *
 * <pre>
 *   client                                server
 *     Send: here is my source      ----&gt;
 *                                  &lt;----  RDMA Read of the source
 *                                  &lt;----  Send: go ahead
 *     Send: here is my sink        ----&gt;
 *                                  &lt;----  RDMA Write of the text and its 0
 *                                  &lt;----  Send: done
 * </pre>
 *
 * <p>A Send has 16 bytes, big-endian: address 8, key 4, length 4. Each side keeps one receive posted.
 */
@NullMarked
package io.rnic.bench.rping;

import org.jspecify.annotations.NullMarked;
