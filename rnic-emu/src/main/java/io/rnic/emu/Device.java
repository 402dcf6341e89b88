package io.rnic.emu;

import io.rnic.emu.connection.Ports;
import io.rnic.emu.engine.DedicatedDoorbells;
import io.rnic.emu.engine.Engine;
import io.rnic.emu.engine.NicThread;
import io.rnic.emu.engine.QueuePairContext;
import io.rnic.emu.host.Crossing;
import io.rnic.emu.host.JvmOptions;
import io.rnic.emu.host.Pinner;
import io.rnic.emu.link.Capture;
import io.rnic.emu.memory.Dma;
import io.rnic.emu.memory.StagTable;
import io.rnic.emu.queue.Doorbell;
import io.rnic.emu.queue.SharedMemory;
import io.rnic.verbs.DeviceAttributes;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One NIC, shared by all in this JVM who open its name; shut down by the last who closes it. */
public final class Device {
    private static final Map<String, Device> OPEN = new HashMap<>();

    private final DeviceConfig config;
    private final SharedMemory sharedMemory = new SharedMemory();
    private final OnBoardMemory onBoardMemory;
    private final Pinner pinner;
    private final Crossing crossing;
    private final Dma dma;
    private final StagTable stags;
    private final Engine engine;
    private final @Nullable Capture capture;
    private final Ports ports;
    private final Numbers queuePairNumbers;
    private final Numbers completionQueueNumbers;
    private final Numbers sharedReceiveQueueNumbers;
    private final Numbers domainNumbers;
    private final CounterGroup counters = new CounterGroup();
    private final @Nullable DedicatedDoorbells doorbells;
    private final @Nullable NicThread thread;
    private int openers;

    private Device(final DeviceConfig config) {
        this.config = config;
        onBoardMemory = new OnBoardMemory(config.onBoardMemoryBytes());
        pinner = new Pinner(config.pinning(), config.lockedMemoryBytes());
        crossing = Crossing.parse(config.crossing());
        dma = new Dma(config.maxMemoryRegions());
        stags = new StagTable(config.maxMemoryRegions(), pinner.pageSize(), dma);
        engine = new Engine(stags, dma, DeviceConfig.MAX_SGES);
        capture = openCapture(config);
        ports = new Ports(engine, config.faults(), config.link(), config.tcp(), capture);
        queuePairNumbers = new Numbers("queue pairs", config.maxQueuePairs(), "maxQueuePairs");
        completionQueueNumbers = new Numbers("completion queues", config.maxCompletionQueues(), "maxCompletionQueues");
        sharedReceiveQueueNumbers = new Numbers("shared receive queues", config.maxQueuePairs(), "maxQueuePairs");
        domainNumbers = new Numbers("protection domains", config.maxQueuePairs(), "maxQueuePairs");
        if (config.threading() == DeviceConfig.Threading.DEDICATED) {
            doorbells = new DedicatedDoorbells(engine, sharedMemory, queuePairNumbers.indexMask());
            thread = new NicThread(doorbells, doorbells.idle(), "rnic " + config.name());
        } else {
            doorbells = null;
            thread = null;
        }
    }

    private static @Nullable Capture openCapture(final DeviceConfig config) {
        try {
            return config.capture().isEmpty() ? null : Capture.open(Path.of(config.capture()), config.captureBytes());
        } catch (final IOException | InvalidPathException e) {
            throw Settings.wrong("capture", config.capture(), "a file that can be written (" + e.getMessage() + ")");
        }
    }

    /**
     * Opens the device that the settings name, creating it if nobody has it open.
     *
     * @param explicit which settings the opener gave itself: they must be those of the open device
     * @throws RnicException INVALID_ARGUMENT for a value that is not allowed, or another than the open device has
     */
    public static Device open(final Map<String, String> settings, final Set<String> explicit) {
        final DeviceConfig asked = DeviceConfig.parse(settings);
        JvmOptions.check();
        synchronized (OPEN) {
            Device device = OPEN.get(asked.name());
            if (device == null) {
                device = new Device(asked);
                device.start();
                OPEN.put(asked.name(), device);
            } else {
                device.checkSame(asked, explicit);
            }
            device.openers++;
            return device;
        }
    }

    private void start() {
        if (thread != null) {
            thread.start();
        }
    }

    private void checkSame(final DeviceConfig asked, final Set<String> explicit) {
        check(explicit, "threading", asked.threading(), config.threading());
        check(explicit, "pinning", asked.pinning(), config.pinning());
        check(explicit, "lockedMemory", asked.lockedMemoryBytes(), config.lockedMemoryBytes());
        check(explicit, "crossing", asked.crossing(), config.crossing());
        check(explicit, "maxQueuePairs", asked.maxQueuePairs(), config.maxQueuePairs());
        check(explicit, "maxCompletionQueues", asked.maxCompletionQueues(), config.maxCompletionQueues());
        check(explicit, "maxMemoryRegions", asked.maxMemoryRegions(), config.maxMemoryRegions());
        check(explicit, "faults", asked.faults(), config.faults());
        check(explicit, "link", asked.link(), config.link());
        check(explicit, "tcp.transport", asked.tcp().transport(), config.tcp().transport());
        check(explicit, "mpa.crc", asked.tcp().crc(), config.tcp().crc());
        check(explicit, "mpa.markers", asked.tcp().markers(), config.tcp().markers());
        check(explicit, "mpa.timeout", asked.tcp().timeoutMs(), config.tcp().timeoutMs());
        check(explicit, "tcp.timeout", asked.tcp().stallMs(), config.tcp().stallMs());
        check(explicit, "capture", asked.capture(), config.capture());
        check(explicit, "captureLimit", asked.captureBytes(), config.captureBytes());
        check(explicit, "onBoardMemory", asked.onBoardMemoryBytes(), config.onBoardMemoryBytes());
    }

    private void check(final Set<String> explicit, final String setting, final Object asked, final Object open) {
        if (explicit.contains(setting) && !asked.equals(open)) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "device " + config.name() + " is open with "
                + setting + "="
                + spell(open) + ", not " + spell(asked) + "; leave the setting out, or open another device");
        }
    }

    private static String spell(final Object value) {
        return value instanceof Enum<?> constant ? Settings.nameOf(constant) : value.toString();
    }

    /** One opener less; the last shuts the device down. */
    void release() {
        synchronized (OPEN) {
            if (--openers == 0) {
                OPEN.remove(config.name());
                if (thread != null) {
                    thread.close();
                }
                if (capture != null) {
                    capture.close();
                }
            }
        }
    }

    /** How it is set. */
    public DeviceConfig config() {
        return config;
    }

    /** What it can do, for applications. */
    public DeviceAttributes attributes() {
        return new DeviceAttributes(config.name(), Settings.nameOf(config.threading()), Settings.nameOf(config.link()),
            pinner.describe(), crossing.describe(), config.maxQueuePairs(), config.maxCompletionQueues(),
            config.maxMemoryRegions(), DeviceConfig.MAX_REQUESTS, DeviceConfig.MAX_COMPLETIONS, DeviceConfig.MAX_SGES,
            DeviceConfig.MAX_INLINE_BYTES, DeviceConfig.MAX_MESSAGE_BYTES, Ports.MAX_PRIVATE_DATA,
            DeviceConfig.MAX_READS, DeviceConfig.MAX_READS,
            config.onBoardMemoryBytes(), pinner.pageSize());
    }

    /** The page size by which memory is pinned and translated. */
    public int pageBytes() {
        return pinner.pageSize();
    }

    /** What crossing into the kernel is. */
    public Crossing crossing() {
        return crossing;
    }

    /** The counters of the device by name. */
    public Map<String, Long> counters() {
        final Map<String, Long> map = counters.sum().asMap("device.");
        synchronized (OPEN) {
            map.put("device.openers", (long) openers);
        }
        map.put("device.queuePairs", (long) queuePairNumbers.inUse());
        map.put("device.completionQueues", (long) completionQueueNumbers.inUse());
        map.put("device.protectionDomains", (long) domainNumbers.inUse());
        map.put("device.sharedReceiveQueues", (long) sharedReceiveQueueNumbers.inUse());
        map.put("device.memoryRegions", (long) stags.count());
        map.put("device.memoryWindows", (long) stags.windows());
        map.put("device.pinnedBytes", pinner.pinnedBytes());
        map.put("device.accountedBytes", pinner.accountedBytes());
        map.put("device.onBoardBytes", onBoardMemory.used());
        map.put("device.sharedBytes", sharedMemory.bytesInUse());
        map.put("device.failedAccepts", ports.failedAccepts());
        map.put("device.refusedSetUps", ports.refusedSetUps());
        return map;
    }

    Doorbell attach(final QueuePairContext queuePair) {
        counters.add(queuePair);
        return doorbells == null ? queuePair.invokerDoorbell() : doorbells.of(queuePair);
    }

    void detach(final QueuePairContext queuePair) {
        if (doorbells != null) {
            doorbells.forget(queuePair);
        }
        counters.remove(queuePair);
    }

    SharedMemory sharedMemory() {
        return sharedMemory;
    }

    OnBoardMemory onBoardMemory() {
        return onBoardMemory;
    }

    Pinner pinner() {
        return pinner;
    }

    /** The regions, for a kernel that checks and translates. */
    public StagTable stags() {
        return stags;
    }

    /** What does the NIC's work. */
    public Engine engine() {
        return engine;
    }

    Ports ports() {
        return ports;
    }

    Numbers queuePairNumbers() {
        return queuePairNumbers;
    }

    Numbers completionQueueNumbers() {
        return completionQueueNumbers;
    }

    Numbers sharedReceiveQueueNumbers() {
        return sharedReceiveQueueNumbers;
    }

    Numbers domainNumbers() {
        return domainNumbers;
    }
}
