package io.rnic.differential;

/** How long these tests run, and from which seed: system properties, which no NIC takes for settings. */
final class TestProperties {
    static final String SEED = "rnic.test.seed";
    static final String PROGRAMS = "rnic.test.programs";
    static final String FIRE_SECONDS = "rnic.test.fireSeconds";

    private TestProperties() {
    }

    /** The value that is given, or else the usual one. */
    static long get(final String name, final long otherwise) {
        return Long.getLong(name, otherwise);
    }
}
