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
 * <p>Where the system has no descriptor left for a connection that is asked for, the listener rests for a second
 * ({@code Accepting}) and says nothing: a logger may need a descriptor too. Whatever fails ends no other connection.
 *
 * <p>One lock for all connections of a device ({@link io.rnic.emu.connection.Ports}) covers each answer and each change
 * of a queue pair's state, so a request is answered once and never half.
 */
@NullMarked
package io.rnic.emu.connection;

import org.jspecify.annotations.NullMarked;
