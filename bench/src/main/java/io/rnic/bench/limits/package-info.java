/**
 * What this machine can do, measured in the same run as the results that depend on it.
 *
 * <pre>
 *   null_syscall   a system call that does nothing          the floor of a kernel's crossing
 *   memory_copy    one copy, by size                        the ceiling of any bandwidth here
 *   cache_line     a line to another thread and back        the floor of any round trip of two threads
 *   mlock_fixed    lock and unlock, whatever the size       registration: a + b * pages
 *   mlock_page     lock and unlock, each page more
 * </pre>
 */
@NullMarked
package io.rnic.bench.limits;

import org.jspecify.annotations.NullMarked;
