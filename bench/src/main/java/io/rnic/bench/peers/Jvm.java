package io.rnic.bench.peers;

/** Where tests run: {@link ThisJvm}, or a {@link ChildJvm} that has seen nothing else. */
interface Jvm extends AutoCloseable {
    /**
     * Waits until the tests are set up; called once, before all else.
     *
     * @return how the device pins memory, as {@link io.rnic.verbs.DeviceAttributes#pinning}; empty where none is open
     * @throws io.rnic.bench.run.ExperimentException if a test cannot be set up
     * @throws java.util.concurrent.CancellationException if the JVM was told to end from outside
     */
    String open();

    /**
     * Runs a test once.
     *
     * @param kind       one of its tests
     * @param durationNs for about how long
     * @throws io.rnic.bench.run.ExperimentException if the test fails
     * @throws java.util.concurrent.CancellationException if the JVM was told to end from outside
     */
    Outcome run(Kind kind, long durationNs);

    @Override
    void close();
}
