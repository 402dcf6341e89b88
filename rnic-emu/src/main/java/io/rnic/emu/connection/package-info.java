/**
 * Who listens on which port, who asks for a connection, and how it is answered.
 *
 * <pre>
 *   asking side                     listening side
 *   PendingConnection --backlog--&gt;  ListenerResource.await
 *        await  &lt;---- accept or reject ----+
 * </pre>
 *
 * <p>By TCP each side has a {@code PendingConnection} of its own, and MPA's set-up frames between them:
 *
 * <pre>
 *   TcpOutgoing -- request: depths, private data --&gt; TcpIncoming -- backlog
 *        await  &lt;--------- reply --------------------- accept, reject
 *               -- an RDMA Write without bytes -------&gt; (the accepting side may send)
 * </pre>
 *
 * <p>One lock for all connections of a device ({@link io.rnic.emu.connection.Ports}) covers each answer and each change
 * of a queue pair's state, so a request is answered once and never half.
 */
@NullMarked
package io.rnic.emu.connection;

import org.jspecify.annotations.NullMarked;
