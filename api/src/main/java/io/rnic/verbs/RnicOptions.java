package io.rnic.verbs;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How to open a NIC: a front end and settings by name, immutable. What is not set here is taken from the system
 * property {@code rnic.<name>}, and then from the default.
 *
 * <table>
 * <caption>Settings of the device, the same for both front ends</caption>
 * <tr><th>name</th><th>value</th><th>default</th></tr>
 * <tr><td>frontEnd</td><td>user, kernel</td><td>user</td></tr>
 * <tr><td>device</td><td>a name; all who open the same name in this JVM share one device</td><td>rnic0</td></tr>
 * <tr><td>threading</td><td>invoker: the thread that posts does the NIC's work; dedicated: a thread of the NIC's
 * own</td><td>invoker</td></tr>
 * <tr><td>pinning</td><td>locked: registered memory is locked, or refused; accounted: it is only counted; preferred:
 * locked while the system allows it, then counted</td><td>locked</td></tr>
 * <tr><td>lockedMemory</td><td>bytes (suffixes K, M, G) that the device may pin; system: what the operating system
 * allows</td><td>system</td></tr>
 * <tr><td>crossing</td><td>null-syscall, none, spin:NANOSECONDS</td><td>null-syscall</td></tr>
 * <tr><td>maxQueuePairs, maxCompletionQueues, maxMemoryRegions</td><td>counts</td><td>65536 each</td></tr>
 * <tr><td>onBoardMemory</td><td>bytes (suffixes K, M, G), unlimited</td><td>256M</td></tr>
 * </table>
 *
 * <table>
 * <caption>Settings of the kernel front end; the user-level one has no kernel in the way and ignores them</caption>
 * <tr><th>name</th><th>value</th><th>default</th></tr>
 * <tr><td>process</td><td>the name under which the kernel accounts for this opener</td><td>pid-N</td></tr>
 * <tr><td>kernel.lockedMemoryPerProcess</td><td>bytes (suffixes K, M, G), unlimited</td><td>unlimited</td></tr>
 * <tr><td>kernel.lockedMemoryTotal</td><td>bytes (suffixes K, M, G), unlimited</td><td>unlimited</td></tr>
 * <tr><td>kernel.lockedMemorySharing</td><td>how processes share kernel.lockedMemoryTotal: first-come; static: equal
 * parts for kernel.processes; proportional: equal parts for those that are there; reclaim: any of it while it is free,
 * and back to equal parts when others need it</td><td>first-come</td></tr>
 * <tr><td>kernel.processes</td><td>count, 1 to 65536</td><td>2</td></tr>
 * <tr><td>kernel.connectionRules</td><td>rules, the first that matches decides:
 * {@code allow|deny connect|listen|any PORT[-PORT]|*}, separated by {@code ;}</td><td>allow any *</td></tr>
 * </table>
 */
public final class RnicOptions {
    /** The system properties' prefix. */
    public static final String PROPERTY_PREFIX = "rnic.";

    /** Properties with this prefix are for tests: no settings. */
    private static final String TEST_PREFIX = PROPERTY_PREFIX + "test.";

    /** The setting that names the front end. */
    public static final String FRONT_END = "frontEnd";

    private static final RnicOptions DEFAULTS = new RnicOptions(Map.of());

    private final Map<String, String> settings;

    private RnicOptions(final Map<String, String> settings) {
        this.settings = settings;
    }

    /** Nothing set: system properties and defaults decide. */
    public static RnicOptions defaults() {
        return DEFAULTS;
    }

    /** The same with one setting more, or changed. Whether the name is known is checked when a NIC is opened. */
    public RnicOptions with(final String name, final String value) {
        final Map<String, String> copy = new TreeMap<>(settings);
        copy.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, name));
        return new RnicOptions(Collections.unmodifiableMap(copy));
    }

    /** The same with that front end. */
    public RnicOptions withFrontEnd(final String name) {
        return with(FRONT_END, name);
    }

    /** What was set by {@link #with}. */
    public Map<String, String> explicit() {
        return settings;
    }

    /** What holds: the settings given here over the system properties {@code rnic.*}, by name without the prefix. */
    public Map<String, String> effective() {
        final Map<String, String> all = new TreeMap<>();
        for (final String property : System.getProperties().stringPropertyNames()) {
            if (property.startsWith(PROPERTY_PREFIX) && !property.startsWith(TEST_PREFIX)) {
                all.put(property.substring(PROPERTY_PREFIX.length()), System.getProperty(property));
            }
        }
        all.putAll(settings);
        return all;
    }

    @Override
    public String toString() {
        return "RnicOptions" + settings;
    }
}
