package io.rnic.differential;

import java.util.List;

/** A program and the seed that it was made from. */
record Program(long seed, List<Call> calls) {
    /** One call a line, numbered. */
    String text() {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < calls.size(); i++) {
            text.append(String.format("%4d  %s%n", i, calls.get(i)));
        }
        return text.toString();
    }
}
