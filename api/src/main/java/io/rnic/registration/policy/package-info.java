/**
 * The policies by name, each with its source. {@link io.rnic.registration.policy.Policies} finds them, and yours.
 */
@NullMarked
package io.rnic.registration.policy;

import org.jspecify.annotations.NullMarked;
