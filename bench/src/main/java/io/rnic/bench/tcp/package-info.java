/**
 * What the commands have in common that run by iWARP over TCP, each end in a process of its own.
 *
 * <pre>
 *   TcpOptions  --front-end, --crc --&gt; a NIC whose link is TCP, also to an address of this machine
 *   Range       what a number that is an option may be
 *   Requests    waits for who connects
 *   Messenger   a queue pair that exchanges short messages in turn; it sleeps while it waits
 * </pre>
 */
@NullMarked
package io.rnic.bench.tcp;

import org.jspecify.annotations.NullMarked;
