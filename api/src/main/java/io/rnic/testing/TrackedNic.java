package io.rnic.testing;

import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An opened NIC that notes what is made on it. The NIC and its domains are shown through proxies, for there objects are
 * made; the objects themselves are the front end's own, so that nothing stands on the data path.
 */
final class TrackedNic {
    /** Who makes objects on behalf of the test's own line. */
    private static final List<String> NOT_THE_TEST =
        List.of("io.rnic.testing.", "io.rnic.verbs.", "java.", "jdk.", "com.sun.proxy.");

    /** How the verbs begin that make an object; others may return one that was made before. */
    private static final List<String> MAKING = List.of("allocate", "create", "register", "bind", "listen");

    private final Rnic opened;
    private final Rnic shown;
    private final List<Made> made = new ArrayList<>();

    /** An object, its name, and the line that made it. */
    private static final class Made {
        private final AutoCloseable object;
        private final String name;
        private final String line;

        Made(final AutoCloseable object, final String name, final String line) {
            this.object = object;
            this.name = name;
            this.line = line;
        }

        @Override
        public String toString() {
            return name + ", made " + line;
        }
    }

    TrackedNic(final Rnic opened) {
        this.opened = opened;
        shown = show(Rnic.class, opened);
    }

    /** The NIC for the test. */
    Rnic rnic() {
        return shown;
    }

    /** What has been made so far is not the test's. */
    synchronized void markOwn() {
        made.clear();
    }

    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself alone
    private <T> T show(final Class<T> type, final T target) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (proxy, method, arguments) -> method.getName().equals("equals") && method.getParameterCount() == 1
                ? proxy == arguments[0] : call(target, method, arguments)));
    }

    private @Nullable Object call(final Object target, final Method method, final Object @Nullable [] arguments)
        throws Throwable {
        final Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (final InvocationTargetException e) {
            throw e.getCause();
        }
        if (result instanceof AutoCloseable object && MAKING.stream().anyMatch(method.getName()::startsWith)) {
            note(new Made(object, name(object, method.getReturnType()), callersLine()));
        }
        return result instanceof ProtectionDomain domain ? show(ProtectionDomain.class, domain) : result;
    }

    private synchronized void note(final Made object) {
        made.add(object);
    }

    private static String name(final AutoCloseable object, final Class<?> type) {
        return switch (object) {
            case QueuePair queuePair -> "queue pair " + queuePair.number();
            case MemoryRegion region -> "memory region stag=0x" + Integer.toHexString(region.rkey()) + " of "
                + region.length() + " bytes";
            case CompletionQueue queue -> "completion queue of " + queue.capacity() + " completions";
            case SharedReceiveQueue queue -> "shared receive queue " + queue.number();
            case Listener listener -> "listener on " + listener.address();
            default -> type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        };
    }

    private static String callersLine() {
        return StackWalker.getInstance().walk(frames -> frames
            .filter(frame -> NOT_THE_TEST.stream().noneMatch(frame.getClassName()::startsWith)).findFirst())
            .map(frame -> "at " + frame.toStackTraceElement()).orElse("outside the test");
    }

    /**
     * Closes what the test has left open, and tells it in the order of creation. The newest first; what is in use then,
     * as a region is to which an older window is bound, when the others are closed.
     */
    synchronized List<String> closeObjects() {
        final Map<Made, String> left = new HashMap<>();
        final List<Made> open = new ArrayList<>(made.reversed());
        boolean some = true;
        while (some) {
            some = open.removeIf(object -> isClosedNow(object, left));
        }
        final List<String> told = made.stream().filter(left::containsKey).map(each -> each + left.get(each)).toList();
        made.clear();
        return told;
    }

    /** Notes what became of it unless the test had closed it; one that is in use is tried again. */
    private static boolean isClosedNow(final Made object, final Map<Made, String> left) {
        final String why = close(object.object);
        if (why != null) {
            left.put(object, why);
        }
        return why == null || why.isEmpty();
    }

    /** Closes the NIC, if the test has not; tells why if that is not possible. */
    List<String> close() {
        final String why = close(opened);
        return why == null || why.isEmpty() ? List.of() : List.of("the NIC" + why);
    }

    /** Null if the object was closed already, what went wrong if it does not close, empty if it is closed now. */
    private static @Nullable String close(final AutoCloseable object) {
        try {
            object.close();
            return "";
        } catch (final RnicException e) {
            return e.error() == RnicError.CLOSED ? null : " (" + e.getMessage() + ")";
        } catch (final Exception e) { // what a front end throws against its contract is told too
            return " (" + e + ")";
        }
    }
}
