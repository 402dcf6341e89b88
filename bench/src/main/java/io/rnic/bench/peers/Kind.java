package io.rnic.bench.peers;

/**
 * A test that can be opened.
 *
 * @param name   its name in reports
 * @param unit   of its figure
 * @param bytes  a message or block
 * @param ours   whether it is the NIC that is measured, and so must not allocate
 * @param jvm    the name of the JVM in which it runs, where each has its own: most often that of the test
 * @param opener sets it up
 */
record Kind(String name, Unit unit, int bytes, boolean ours, String jvm, Opener opener) {
    /** Sets a test up. */
    interface Opener {
        /** Opens it. */
        PeerTest open(Rig rig);
    }

    /** The same in a JVM of that name. */
    Kind in(final String shared) {
        return new Kind(name, unit, bytes, ours, shared, opener);
    }
}
