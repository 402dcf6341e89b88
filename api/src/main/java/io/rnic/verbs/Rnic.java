package io.rnic.verbs;

import io.rnic.verbs.spi.RnicProvider;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An opened NIC ({@code ibv_open_device(3)}). The front end that it was opened by decides how work reaches the device.
 */
public interface Rnic extends AutoCloseable {
    /** So many asynchronous events wait to be taken at most; what comes then is counted and lost. */
    int MAX_ASYNC_EVENTS = 1024;

    /**
     * Opens the NIC by the front end that the system property {@code rnic.frontEnd} names, {@code user} if none.
     *
     * @throws RnicException as {@link #open(RnicOptions)}
     */
    static Rnic open() {
        return open(RnicOptions.defaults());
    }

    /**
     * Opens the NIC by the front end of that name.
     *
     * @throws RnicException as {@link #open(RnicOptions)}
     */
    static Rnic open(final String frontEnd) {
        return open(RnicOptions.defaults().withFrontEnd(frontEnd));
    }

    /**
     * Opens the NIC.
     *
     * @throws RnicException NO_FRONT_END for an unknown front end; INVALID_ARGUMENT for an unknown setting or value, or
     *                       one that differs from what the shared device was opened with
     */
    static Rnic open(final RnicOptions options) {
        Objects.requireNonNull(options, "options");
        final String name = options.effective().getOrDefault(RnicOptions.FRONT_END, "user");
        for (final RnicProvider provider : ServiceLoader.load(RnicProvider.class)) {
            if (provider.name().equals(name)) {
                return provider.open(options);
            }
        }
        throw new RnicException(RnicError.NO_FRONT_END, "unknown front end '" + name
            + "'; on the class or module path: "
            + (frontEnds().isEmpty() ? "none (add usernic or kernelnic)" : String.join(", ", frontEnds())));
    }

    /** The names of the front ends on the class or module path, sorted. */
    static List<String> frontEnds() {
        return ServiceLoader.load(RnicProvider.class).stream().map(p -> p.get().name()).sorted().toList();
    }

    /** The name of the front end it was opened by. */
    String frontEnd();

    /** What the device can do and how it is set. */
    DeviceAttributes attributes();

    /**
     * Allocates a protection domain.
     *
     * @throws RnicException DEVICE_LIMIT; CLOSED
     */
    ProtectionDomain allocateProtectionDomain();

    /**
     * Creates a completion queue without a channel.
     *
     * @param capacity completions that it must hold unpolled, from 1
     * @throws RnicException INVALID_ARGUMENT, DEVICE_LIMIT, CLOSED
     */
    CompletionQueue createCompletionQueue(int capacity);

    /**
     * Creates a completion queue whose events go to a channel.
     *
     * @param capacity completions that it must hold unpolled, from 1
     * @param channel  of this NIC
     * @throws RnicException INVALID_ARGUMENT, DEVICE_LIMIT, CLOSED
     */
    CompletionQueue createCompletionQueue(int capacity, CompletionChannel channel);

    /**
     * Creates a completion channel.
     *
     * @throws RnicException CLOSED
     */
    CompletionChannel createCompletionChannel();

    /**
     * Waits for the next asynchronous event of an object of this NIC ({@code ibv_get_async_event(3)}). Events are kept
     * from the moment the NIC is opened, in the order in which they happened, {@link #MAX_ASYNC_EVENTS} at most.
     *
     * @param timeout how long at most; zero only looks
     * @return the event, or null when the time ran out
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws RnicException        CLOSED if the NIC is or gets closed
     */
    @Nullable AsyncEvent awaitAsyncEvent(Duration timeout) throws InterruptedException;

    /**
     * Listens for connections.
     *
     * @param local where: an address of this machine, port 0 to have one picked
     * @throws RnicException ADDRESS_IN_USE; POLICY; INVALID_ARGUMENT for an address that the link does not reach;
     *                       DEVICE_LIMIT if the system has no descriptor left; CLOSED
     */
    Listener listen(InetSocketAddress local);

    /**
     * Names who gives locked memory back when others need it. A kernel that shares locked memory between processes
     * ({@code kernel.lockedMemorySharing=reclaim}) asks for a number of bytes, from a thread of its own choice, and is
     * told how many were deregistered; of a process that gives back too little it deregisters regions itself, whatever
     * uses them. {@code io.rnic.registration.RegistrationCache::giveBack} is one.
     *
     * @return false where nobody will ever ask: at user level there is no arbiter, and of a closed NIC there is nothing
     *         to give back
     */
    default boolean onReclaim(final LongUnaryOperator giveBack) {
        return false;
    }

    /**
     * Counters by name, a snapshot: those of the device ({@code device.…}) and, through the kernel, those of this
     * process ({@code process.…}). Counts are of operations, bytes, or objects, as the names say. They may be read when
     * the NIC is closed, too.
     */
    Map<String, Long> counters();

    /**
     * Closes the NIC; the last to close a device shuts it down.
     *
     * @throws RnicException BUSY while objects of it are open, naming them; CLOSED if it is closed
     */
    @Override
    void close();
}
