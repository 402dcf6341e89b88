package io.rnic.testing;

import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs a method that has {@link RnicTest} once for each way to the NIC. */
public final class RnicTestExtension implements TestTemplateInvocationContextProvider {
    private static final String PINNING = "pinning";
    /** What is not set by {@link RnicTest#settings}, and where it is said instead. */
    private static final Map<String, String> ATTRIBUTES = Map.of(
        RnicOptions.FRONT_END, "@RnicTest(frontEnds)",
        "threading", "@RnicTest(threading)",
        "link", "@RnicTest(link)",
        "faults", "@RnicTest(faults)",
        "device", "a device for each test alone");
    private static final AtomicInteger DEVICES = new AtomicInteger();

    /** For JUnit. */
    public RnicTestExtension() {
    }

    @Override
    public boolean supportsTestTemplate(final ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), RnicTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
        final ExtensionContext context) {
        final RnicTest test =
            AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), RnicTest.class).orElseThrow();
        final List<String> asked = List.of(test.frontEnds());
        final List<String> frontEnds = asked.equals(List.of(RnicTest.ALL)) ? Rnic.frontEnds() : asked;
        check(test, frontEnds);
        final List<TestTemplateInvocationContext> invocations = new ArrayList<>();
        for (final String frontEnd : frontEnds) {
            for (final String threading : test.threading()) {
                addLinks(invocations, test, frontEnd, threading);
            }
        }
        return invocations.stream();
    }

    private static void check(final RnicTest test, final List<String> frontEnds) {
        if (test.frontEnds().length == 0) {
            throw wrong("no front end; allowed: " + RnicTest.ALL + ", " + String.join(", ", Rnic.frontEnds()));
        }
        if (frontEnds.isEmpty()) {
            throw wrong("no front end on the class or module path; add usernic, kernelnic or both");
        }
        if (test.threading().length == 0) {
            throw wrong("no threading mode; allowed: invoker, dedicated");
        }
        if (test.link().length == 0) {
            throw wrong("no link; allowed: " + RnicTest.CONFIGURED + ", loopback, tcp, auto");
        }
        if (frontEnds.contains(RnicTest.ALL)) {
            throw wrong("front ends " + String.join(", ", frontEnds) + "; allowed: " + RnicTest.ALL
                + " alone, or names of " + String.join(", ", Rnic.frontEnds()));
        }
        checkOnce("front end", frontEnds);
        checkOnce("threading", List.of(test.threading()));
        checkOnce("link", List.of(test.link()));
    }

    private static void checkOnce(final String what, final List<String> values) {
        final Set<String> seen = new HashSet<>();
        for (final String value : values) {
            if (!seen.add(value)) {
                throw wrong(what + " '" + value + "' twice; allowed: each once");
            }
        }
    }

    private static ExtensionConfigurationException wrong(final String what) {
        return new ExtensionConfigurationException("@RnicTest: " + what);
    }

    private static void addLinks(final List<TestTemplateInvocationContext> invocations, final RnicTest test,
        final String frontEnd, final String threading) {
        for (final String link : test.link()) {
            final RnicOptions options = options(test, frontEnd, threading);
            invocations.add(link.equals(RnicTest.CONFIGURED) ? new Invocation(frontEnd + ", " + threading, options)
                : new Invocation(frontEnd + ", " + threading + ", " + link, options.with("link", link)));
        }
    }

    private static RnicOptions options(final RnicTest test, final String frontEnd, final String threading) {
        RnicOptions options = RnicOptions.defaults().withFrontEnd(frontEnd).with("threading", threading)
            .with("device", "test-" + DEVICES.incrementAndGet());
        final Set<String> names = new HashSet<>();
        for (final String setting : test.settings()) {
            final int equals = setting.indexOf('=');
            if (equals < 1) {
                throw wrong("setting '" + setting + "'; allowed: name=value, as in RnicOptions");
            }
            final String name = setting.substring(0, equals);
            checkName(name, setting);
            if (!names.add(name)) {
                throw wrong("setting '" + setting + "', but " + name + " is set before; allowed: each setting once");
            }
            options = options.with(name, setting.substring(equals + 1));
        }
        if (!test.faults().isEmpty()) {
            options = options.with("faults", test.faults());
        }
        return options.effective().containsKey(PINNING) ? options : options.with(PINNING, "accounted");
    }

    private static void checkName(final String name, final String setting) {
        final String attribute = ATTRIBUTES.get(name);
        if (attribute != null) {
            throw wrong("setting '" + setting + "'; allowed: all settings but " + name + ", for which there is "
                + attribute);
        }
    }

    private record Invocation(String name, RnicOptions options) implements TestTemplateInvocationContext {

        @Override
        public String getDisplayName(final int index) {
            return name;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new NicOfTest(name, options));
        }
    }
}
