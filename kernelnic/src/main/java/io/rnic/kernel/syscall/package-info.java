/**
 * What crosses between an application and the kernel: call numbers, argument blocks, handles. Both sides use it;
 * neither trusts the other's half of a block.
 */
@NullMarked
package io.rnic.kernel.syscall;

import org.jspecify.annotations.NullMarked;
