package io.rnic.bench.report;

import io.rnic.verbs.DeviceAttributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What a figure depends on: the machine, the JVM, and how the device was set. */
public final class HostFacts {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private HostFacts() {
    }

    /** The facts by name, in order; the caller may add its own. */
    public static Map<String, Object> of(final DeviceAttributes device) {
        final Map<String, Object> facts = ofMachine();
        facts.remove("date"); // put last again
        facts.put("link", device.link());
        facts.put("threading", device.threading());
        facts.put("pinning", device.pinning());
        facts.put("crossing", device.crossing());
        facts.put("date", now());
        return facts;
    }

    /** The facts that do not depend on a device. */
    public static Map<String, Object> ofMachine() {
        final Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("arch", System.getProperty("os.arch"));
        facts.put("cpu", cpu());
        facts.put("cores", Runtime.getRuntime().availableProcessors());
        facts.put("jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        facts.put("date", now());
        return facts;
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The processor's model as Linux names it; {@code unknown} where it does not, or on another system. */
    private static String cpu() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst().orElse("unknown");
        } catch (final IOException e) {
            return "unknown";
        }
    }
}
