/**
 * The kernel's global policies (paper, §I and §III): what a user-level NIC has no place for. Each is a small interface
 * with named implementations, chosen by configuration.
 */
@NullMarked
package io.rnic.kernel.policy;

import org.jspecify.annotations.NullMarked;
