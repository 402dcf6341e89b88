/**
 * What comes out of a command: facts about the host, rows of results, and their forms.
 *
 * <pre>
 *   HostFacts + Measurement rows = Report --+-- JsonForm   (--json)
 *                                           +-- CsvForm    (--csv)
 *                                           +-- Table      (standard output)
 * </pre>
 *
 * <p>Progress goes to standard error; files appear whole or not at all.
 */
@NullMarked
package io.rnic.bench.report;

import org.jspecify.annotations.NullMarked;
