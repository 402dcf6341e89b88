/** What a front end implements. Applications have no use for it. */
@NullMarked
package io.rnic.verbs.spi;

import org.jspecify.annotations.NullMarked;
