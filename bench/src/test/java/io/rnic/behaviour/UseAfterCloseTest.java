package io.rnic.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.testing.ConnectedPair;
import io.rnic.testing.Side;
import io.rnic.verbs.Access;
import io.rnic.verbs.CompletionChannel;
import io.rnic.verbs.CompletionHandler;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/**
 * Every method of every object of the verbs after close, found by reflection so that none that comes is forgotten: it
 * says CLOSED through every door, but for what was said for good when the object was made.
 */
class UseAfterCloseTest {
    /** What was said for good: it answers as before. */
    private static final Map<Class<?>, Set<String>> LASTING = Map.of(
        Rnic.class, Set.of("frontEnd", "attributes"),
        CompletionQueue.class, Set.of("capacity"),
        QueuePair.class, Set.of("number"),
        SharedReceiveQueue.class, Set.of("number"),
        MemoryRegion.class, Set.of("segment", "address", "length", "lkey", "rkey", "onDeregister"), // tells at once
        Listener.class, Set.of("address"),
        ConnectionAttempt.class, Set.of("close")); // harmless when repeated
    /** What is told of a closed NIC too, as it stands then. */
    private static final Set<String> OF_A_CLOSED_NIC = Set.of("counters", "onReclaim");

    /** What each is called when it is told that it is closed; a NIC's methods may tell it of their arguments first. */
    private static final Map<Class<?>, Pattern> NAMES = Map.ofEntries(
        Map.entry(Rnic.class, Pattern.compile("(rnic|completion channel) .*closed")),
        Map.entry(ProtectionDomain.class, Pattern.compile("protection domain \\d+ is closed")),
        Map.entry(CompletionChannel.class, Pattern.compile("completion channel.* is closed")),
        Map.entry(CompletionQueue.class, Pattern.compile("completion queue \\d+ is closed")),
        Map.entry(QueuePair.class, Pattern.compile("queue pair \\d+(: the queue)? is closed")),
        Map.entry(SharedReceiveQueue.class, Pattern.compile("shared receive queue \\d+(: the queue)? is closed")),
        Map.entry(MemoryRegion.class, Pattern.compile("memory region stag=0x.* is closed")),
        Map.entry(MemoryWindow.class, Pattern.compile("memory window 0x.* is closed")),
        Map.entry(Listener.class, Pattern.compile("listener on port \\d+ is closed")),
        Map.entry(ConnectionAttempt.class, Pattern.compile("attempt to connect to .* is closed")));

    private final Map<Class<?>, Object> arguments = new HashMap<>();
    private Side server;

    @BeforeEach
    void openWhatIsGivenAsArguments(final ConnectedPair pair) {
        server = pair.server();
        final SendRequest send = new SendRequest().send(1);
        final ReceiveRequest receive = new ReceiveRequest().receive(1);
        arguments.putAll(Map.of(int.class, 1, boolean.class, true, byte[].class, new byte[0],
            Duration.class, Duration.ZERO, InetSocketAddress.class, ConnectedPair.anyPort(),
            Access[].class, new Access[0], MemorySegment.class, Arena.ofAuto().allocate(8)));
        arguments.putAll(Map.of(SendRequest.class, send, SendRequest[].class, new SendRequest[] {send},
            ReceiveRequest.class, receive, ReceiveRequest[].class, new ReceiveRequest[] {receive},
            QueuePairState.class, QueuePairState.ERROR,
            QueuePairChange.class, QueuePairChange.to(QueuePairState.RESET)));
        arguments.put(CompletionHandler.class, (CompletionHandler) completion -> { });
        arguments.put(LongUnaryOperator.class, LongUnaryOperator.identity());
        arguments.put(Runnable.class, (Runnable) () -> { });
    }

    /** What can be made, starting from an opened NIC. */
    private static Set<Class<?>> kinds() {
        final Set<Class<?>> kinds = new HashSet<>();
        final List<Class<?>> found = new ArrayList<>(List.of(Rnic.class));
        while (!found.isEmpty()) {
            final Class<?> kind = found.removeLast();
            if (kind.isInterface() && AutoCloseable.class.isAssignableFrom(kind) && kinds.add(kind)) {
                methods(kind).stream().map(Method::getReturnType).forEach(found::add);
            }
        }
        return kinds;
    }

    private static List<Method> methods(final Class<?> kind) {
        return Arrays.stream(kind.getMethods()).filter(method -> !Modifier.isStatic(method.getModifiers())).toList();
    }

    /** One open object of each kind; some of them are arguments, too. */
    private Map<Class<?>, AutoCloseable> open(final Rnic rnic) {
        final ProtectionDomain domain = rnic.allocateProtectionDomain();
        final CompletionChannel channel = rnic.createCompletionChannel();
        final CompletionQueue queue = rnic.createCompletionQueue(4, channel);
        final QueuePair queuePair = domain.createQueuePair(QueuePairOptions.of(queue));
        final Listener listener = rnic.listen(ConnectedPair.anyPort());
        arguments.put(CompletionChannel.class, channel);
        arguments.put(QueuePairOptions.class, QueuePairOptions.of(queue));
        return Map.ofEntries(Map.entry(Rnic.class, rnic), Map.entry(ProtectionDomain.class, domain),
            Map.entry(CompletionChannel.class, channel), Map.entry(CompletionQueue.class, queue),
            Map.entry(QueuePair.class, queuePair), Map.entry(Listener.class, listener),
            Map.entry(ConnectionAttempt.class, queuePair.beginConnect(listener.address(), new byte[0])),
            Map.entry(MemoryRegion.class, domain.registerMemory(Arena.ofAuto().allocate(8))),
            Map.entry(MemoryWindow.class, domain.allocateMemoryWindow()),
            Map.entry(SharedReceiveQueue.class, domain.createSharedReceiveQueue(4, 1)));
    }

    /** So that nothing is in use when it is closed. */
    private static final List<Class<?>> CLOSING = List.of(ConnectionAttempt.class, Listener.class, QueuePair.class,
        SharedReceiveQueue.class, CompletionQueue.class, CompletionChannel.class, MemoryWindow.class,
        MemoryRegion.class, ProtectionDomain.class, Rnic.class);

    @EveryDoor
    void everyMethodOfEveryObjectShouldSayClosed(final RnicOptions options) throws Exception {
        final Map<Class<?>, AutoCloseable> objects = open(Rnic.open(options));
        assertThat(objects.keySet()).as("all that can be made").isEqualTo(kinds()).containsAll(CLOSING);
        final Map<Method, Object> before = new HashMap<>();
        for (final Class<?> kind : CLOSING) {
            for (final Method method : methods(kind)) {
                if (isLasting(kind, method) && method.getParameterCount() == 0 && !method.getName().equals("close")) {
                    before.put(method, method.invoke(objects.get(kind)));
                }
            }
        }
        for (final Class<?> kind : CLOSING) {
            Objects.requireNonNull(objects.get(kind)).close();
        }

        final List<String> wrong = new ArrayList<>();
        for (final Class<?> kind : CLOSING) {
            for (final Method method : methods(kind)) {
                final Object said = call(method, Objects.requireNonNull(objects.get(kind)));
                final Object expected = isLasting(kind, method) ? before.get(method) : RnicError.CLOSED;
                if (OF_A_CLOSED_NIC.contains(method.getName()) ? said instanceof RnicError
                    : !Objects.equals(said, expected)) {
                    wrong.add(kind.getSimpleName() + "." + method.getName() + Arrays.toString(
                        method.getParameterTypes()) + ": " + said + " instead of " + expected);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(server.queuePair().state()).as("nobody else's").isEqualTo(QueuePairState.RTS);
    }

    private static boolean isLasting(final Class<?> kind, final Method method) {
        return LASTING.getOrDefault(kind, Set.of()).contains(method.getName());
    }

    /** CLOSED is to come with the name of what is closed. */
    private static Object said(final Class<?> kind, final RnicException refused) {
        final String message = String.valueOf(refused.getMessage());
        return refused.error() != RnicError.CLOSED || Objects.requireNonNull(NAMES.get(kind)).matcher(message).find()
            ? refused.error() : message;
    }

    /** What it returns, or the error that it says. */
    private @Nullable Object call(final Method method, final Object object) throws IllegalAccessException {
        try {
            return method.invoke(object, Arrays.stream(method.getParameterTypes()).map(type -> Objects.requireNonNull(
                arguments.get(type), () -> "no argument of " + type + " is known here")).toArray());
        } catch (final InvocationTargetException e) {
            return e.getCause() instanceof RnicException refused ? said(method.getDeclaringClass(), refused)
                : e.getCause();
        }
    }
}
