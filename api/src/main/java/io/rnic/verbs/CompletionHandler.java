package io.rnic.verbs;

/** Takes completions while a completion queue is polled. */
@FunctionalInterface
public interface CompletionHandler {
    /**
     * One completion, in the order in which they arrived.
     *
     * @param completion valid until this method returns
     */
    void onCompletion(Completion completion);
}
