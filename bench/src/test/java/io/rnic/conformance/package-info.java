/**
 * What verbs promise, as a numbered list: a test's name begins with its number. A class is a section of the list;
 * {@link io.rnic.conformance.ConformanceListTest} keeps the list itself and says which numbers are not there yet.
 */
@NullMarked
package io.rnic.conformance;

import org.jspecify.annotations.NullMarked;
