package io.rnic.verbs;

/**
 * Something that happened to an object and that no completion tells ({@code struct ibv_async_event}). It needs no
 * acknowledgement: events of an object that is destroyed vanish.
 *
 * @param type   what happened
 * @param object what it happened to, of the type's {@link AsyncEventType#kind kind}: the object that the application
 *               created
 * @param lost   how many events were lost since the one that was taken before, because nobody took any while
 *               {@link Rnic#MAX_ASYNC_EVENTS} waited; 0 if none
 */
public record AsyncEvent(AsyncEventType type, AutoCloseable object, long lost) {

    /** What happened to what, for instance {@code QP_FATAL of queue pair 3}. */
    @Override
    public String toString() {
        return type + " of " + object + (lost == 0 ? "" : ", " + lost + " events before it were lost");
    }
}
