package io.rnic.testing;

import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** What one run of one test is given; made when it is asked for, closed and checked for leaks afterwards. */
final class NicOfTest implements ParameterResolver, BeforeEachCallback, AfterEachCallback,
    TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
    private static final List<Class<?>> TYPES = List.of(Rnic.class, RnicOptions.class, ConnectedPair.class);

    /** What of a device must be zero when nobody has anything of it, and what one calls it. */
    private static final Map<String, String> HELD = Map.of(
        "device.queuePairs", "queue pairs",
        "device.completionQueues", "completion queues",
        "device.sharedReceiveQueues", "shared receive queues",
        "device.memoryRegions", "memory regions",
        "device.memoryWindows", "memory windows",
        "device.protectionDomains", "protection domains",
        "device.pinnedBytes", "bytes of locked memory");

    private final String run;
    private final RnicOptions options;
    private final List<TrackedNic> nics = new ArrayList<>();
    private @Nullable Rnic rnic;
    private @Nullable ConnectedPair pair;
    private boolean optionsGiven;

    /** Beneath a failure it tells which run that was: of those of one method, build tools show the number alone. */
    private static final class Run extends Exception {
        private static final long serialVersionUID = 1L;

        Run(final String name) {
            super("through " + name, null, false, false);
        }
    }

    /**
     * What a run is given.
     *
     * @param run     its name
     * @param options of the NICs
     */
    NicOfTest(final String run, final RnicOptions options) {
        this.run = run;
        this.options = options;
    }

    /** A test that takes no NIC is told too what is wrong with its options. */
    @Override
    public void beforeEach(final ExtensionContext context) {
        if (Arrays.stream(context.getRequiredTestMethod().getParameterTypes()).noneMatch(TYPES::contains)) {
            Rnic.open(options).close();
        }
    }

    @Override
    public void handleTestExecutionException(final ExtensionContext context, final Throwable failure)
        throws Throwable {
        throw named(failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(final ExtensionContext context, final Throwable failure)
        throws Throwable {
        throw named(failure);
    }

    @Override
    public void handleAfterEachMethodExecutionException(final ExtensionContext context, final Throwable failure)
        throws Throwable {
        throw named(failure);
    }

    private Throwable named(final Throwable failure) {
        failure.addSuppressed(new Run(run));
        return failure;
    }

    @Override
    public boolean supportsParameter(final ParameterContext parameter, final ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(final ParameterContext parameter, final ExtensionContext context) {
        final Class<?> type = parameter.getParameter().getType();
        if (type == RnicOptions.class) {
            optionsGiven = true;
            return options;
        }
        return type == Rnic.class ? rnic() : pair();
    }

    private Rnic rnic() {
        if (rnic == null) {
            rnic = open().rnic();
        }
        return rnic;
    }

    private ConnectedPair pair() {
        if (pair == null) {
            final TrackedNic client = open();
            final TrackedNic server = open();
            try {
                pair = ConnectedPair.of(Side.of(client.rnic()), Side.of(server.rnic()));
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ParameterResolutionException("interrupted while connecting a pair", e);
            }
            client.markOwn();
            server.markOwn();
        }
        return pair;
    }

    private TrackedNic open() {
        final TrackedNic nic = new TrackedNic(Rnic.open(options));
        nics.add(nic);
        return nic;
    }

    @Override
    public void afterEach(final ExtensionContext context) {
        final List<String> left = new ArrayList<>();
        nics.forEach(nic -> left.addAll(nic.closeObjects()));
        try {
            if (pair != null) {
                pair.closeSides();
            }
        } catch (final RnicException e) {
            left.add("the pair (" + e.getMessage() + ")");
        }
        nics.forEach(nic -> left.addAll(nic.close()));
        if (optionsGiven) {
            left.addAll(heldByOthers());
        }
        if (!left.isEmpty() && context.getExecutionException().isEmpty()) {
            throw new AssertionError("the test left open, through " + run + ":\n  " + String.join("\n  ", left)
                + "\nclose each before the test ends, best by try-with-resources");
        }
    }

    /** Objects of NICs that the test opened itself keep the device open, so they show in its counters. */
    private List<String> heldByOthers() {
        final List<String> held = new ArrayList<>();
        final RnicOptions sameDevice = RnicOptions.defaults()
            .withFrontEnd(Objects.requireNonNull(options.explicit().get(RnicOptions.FRONT_END)))
            .with("device", Objects.requireNonNull(options.explicit().get("device")));
        try (Rnic look = Rnic.open(sameDevice)) {
            final Map<String, Long> counters = look.counters();
            final long nics = counters.getOrDefault("device.openers", 1L) - 1; // this one is not the test's
            if (nics > 0) {
                held.add(nics + " NICs that the test opened by its RnicOptions: they keep the device open");
            }
            HELD.forEach((counter, name) -> {
                final long count = counters.getOrDefault(counter, 0L);
                if (count > 0) {
                    held.add(count + " " + name + " of a NIC that the test opened by its RnicOptions");
                }
            });
        }
        held.sort(null);
        return held;
    }
}
