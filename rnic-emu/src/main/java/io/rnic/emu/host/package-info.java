/**
 * What an operating system gives a driver: page locking and its limits, the crossing into the kernel, a barrier over
 * all threads of the process, a lock that costs nothing while one thread takes it, what each thread has for itself,
 * grace periods, copies of native memory, what a thread's interrupts are worth while it copies, and where the faults of
 * mapped memory come.
 *
 * <p>Home is Linux; elsewhere the loopback NIC runs with what is found ({@link io.rnic.emu.host.Libc}) and says what is
 * missing.
 */
@NullMarked
package io.rnic.emu.host;

import org.jspecify.annotations.NullMarked;
