package io.rnic.testing;

import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.util.ArrayList;
import java.util.List;
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
        final List<String> frontEnds = test.frontEnds().length > 0 ? List.of(test.frontEnds()) : Rnic.frontEnds();
        if (frontEnds.isEmpty() || test.threading().length == 0) {
            throw new ExtensionConfigurationException(frontEnds.isEmpty()
                ? "@RnicTest: no front end on the class or module path; add usernic, kernelnic or both"
                : "@RnicTest: no threading mode; allowed: invoker, dedicated");
        }
        final List<TestTemplateInvocationContext> invocations = new ArrayList<>();
        for (final String frontEnd : frontEnds) {
            for (final String threading : test.threading()) {
                addLinks(invocations, test, frontEnd, threading);
            }
        }
        return invocations.stream();
    }

    private static void addLinks(final List<TestTemplateInvocationContext> invocations, final RnicTest test,
        final String frontEnd, final String threading) {
        for (final String link : test.link()) {
            invocations.add(new Invocation(frontEnd + ", " + threading + ", " + link,
                options(test, frontEnd, threading).with("link", link)));
        }
        if (test.link().length == 0) {
            invocations.add(
                new Invocation(frontEnd + ", " + threading, options(test, frontEnd, threading)));
        }
    }

    private static RnicOptions options(final RnicTest test, final String frontEnd, final String threading) {
        RnicOptions options = RnicOptions.defaults().withFrontEnd(frontEnd).with("threading", threading)
            .with("device", "test-" + DEVICES.incrementAndGet());
        for (final String setting : test.settings()) {
            final int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new ExtensionConfigurationException(
                    "@RnicTest: setting '" + setting + "'; allowed: name=value, as in RnicOptions");
            }
            options = options.with(setting.substring(0, equals), setting.substring(equals + 1));
        }
        if (!test.faults().isEmpty()) {
            options = options.with("faults", test.faults());
        }
        return options.effective().containsKey(PINNING) ? options : options.with(PINNING, "accounted");
    }

    private record Invocation(String name, RnicOptions options) implements TestTemplateInvocationContext {

        @Override
        public String getDisplayName(final int index) {
            return name;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new NicOfTest(options));
        }
    }
}
