package io.rnic.bench.compare;

import java.nio.file.Path;
import java.util.List;

/**
 * What is compared.
 *
 * @param frontEnds names of front ends, in the order of their turns
 * @param threading the device's threading mode
 * @param pinning   how the device pins memory
 * @param crossing  what a crossing into the kernel is
 * @param sizes     message sizes in bytes, from 1 to {@link #MAX_SIZE}
 * @param file      a file to stream, not empty
 */
record Settings(List<String> frontEnds, String threading, String pinning, String crossing, List<Integer> sizes,
                Path file) {
    /** The longest message of the message tests, in bytes. */
    static final int MAX_SIZE = 1 << 20;
}
