package io.rnic.kernel.policy;

/** Decides who may listen and connect where. */
@FunctionalInterface
public interface ConnectionPolicy {
    /** What a process wants to do with a port. */
    enum Action { LISTEN, CONNECT }

    /**
     * A process wants to listen or connect.
     *
     * @throws io.rnic.verbs.RnicException POLICY with the rule that forbids it
     */
    void check(ProcessAccount process, Action action, int port);
}
