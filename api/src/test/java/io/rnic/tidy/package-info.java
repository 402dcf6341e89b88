/** Rules that hold for every Java file of the repository, checked by an ordinary test. */
@NullMarked
package io.rnic.tidy;

import org.jspecify.annotations.NullMarked;
