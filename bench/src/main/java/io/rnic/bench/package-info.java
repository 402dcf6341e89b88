/** The {@code rnic} command: reads the command line, and says every error in one line. */
@NullMarked
package io.rnic.bench;

import org.jspecify.annotations.NullMarked;
