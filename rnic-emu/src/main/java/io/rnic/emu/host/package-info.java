/**
 * What an operating system gives a driver: page locking and its limits, the crossing into the kernel, a barrier over
 * all threads of the process, a lock that costs nothing while one thread takes it, grace periods, and what a
 * thread's interrupts are worth while it copies.
 *
 * <p>Home is Linux; elsewhere the loopback NIC runs with what is found ({@link io.rnic.emu.host.Libc}) and says what is
 * missing.
 */
@NullMarked
package io.rnic.emu.host;

import org.jspecify.annotations.NullMarked;
