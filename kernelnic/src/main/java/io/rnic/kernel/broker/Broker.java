package io.rnic.kernel.broker;

import io.rnic.emu.Device;
import io.rnic.emu.DeviceContext;
import io.rnic.emu.Settings;
import io.rnic.kernel.policy.ConnectionPolicy;
import io.rnic.kernel.policy.ConnectionRules;
import io.rnic.kernel.policy.LockedMemoryPolicy;
import io.rnic.kernel.policy.LockedMemoryQuota;
import io.rnic.kernel.policy.LockedMemorySharing;
import io.rnic.kernel.policy.ProcessAccount;
import io.rnic.kernel.syscall.Kernel;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The kernel of one device: its policies, and the processes that have it open. Lives as long as one of them does. */
public final class Broker {
    private static final String UNLIMITED = "unlimited";
    private static final String FIRST_COME = "first-come";
    private static final Map<Device, Broker> RUNNING = new HashMap<>();
    private static final AtomicInteger PROCESS_NUMBERS = new AtomicInteger();

    private final Device device;
    private final Map<String, String> policySettings;
    private final LockedMemoryPolicy lockedMemory;
    private final ConnectionPolicy connections;
    private final Map<String, ProcessAccount> accounts = new TreeMap<>();
    private int processes;

    private Broker(final Device device, final Map<String, String> policySettings) {
        this.device = device;
        this.policySettings = policySettings;
        final Settings settings = new Settings(policySettings);
        lockedMemory = lockedMemory(settings);
        connections = ConnectionRules.parse("kernel.connectionRules",
            settings.text("kernel.connectionRules", "allow any *"));
    }

    private static LockedMemoryPolicy lockedMemory(final Settings settings) {
        final long perProcess = settings.bytes("kernel.lockedMemoryPerProcess", UNLIMITED, Long.MAX_VALUE);
        final long total = settings.bytes("kernel.lockedMemoryTotal", UNLIMITED, Long.MAX_VALUE);
        final int processes = settings.count("kernel.processes", 2, 1 << 16);
        final String sharing = settings.text("kernel.lockedMemorySharing", FIRST_COME);
        if (sharing.equals(FIRST_COME)) {
            return new LockedMemoryQuota(perProcess, total);
        }
        for (final LockedMemorySharing.Kind kind : LockedMemorySharing.Kind.values()) {
            if (Settings.nameOf(kind).equals(sharing)) {
                if (perProcess != Long.MAX_VALUE) {
                    throw Settings.wrong("kernel.lockedMemoryPerProcess", settings.text("kernel.lockedMemoryPerProcess",
                        ""), UNLIMITED + " with kernel.lockedMemorySharing=" + sharing);
                }
                return new LockedMemorySharing(kind, total, processes);
            }
        }
        throw Settings.wrong("kernel.lockedMemorySharing", sharing, "first-come, static, proportional, reclaim");
    }

    /**
     * Opens a device for a process.
     *
     * @throws RnicException INVALID_ARGUMENT for an unknown setting, a value that is not allowed, or one that differs
     *                       from what the device or its kernel was opened with
     */
    public static Kernel open(final RnicOptions options) {
        final Map<String, String> settings = options.effective();
        synchronized (RUNNING) {
            final DeviceContext context =
                new DeviceContext(Device.open(settings, options.explicit().keySet()), true);
            try {
                final Broker broker = find(context.device(), settings, options.explicit().keySet());
                return broker.enter(context, settings);
            } catch (final RnicException e) {
                context.close();
                throw e;
            }
        }
    }

    private static Broker find(final Device device, final Map<String, String> settings, final Set<String> explicit) {
        final Map<String, String> policies = new TreeMap<>(settings);
        policies.keySet().removeIf(name -> !name.startsWith("kernel."));
        final Broker running = RUNNING.get(device);
        if (running == null) {
            return new Broker(device, policies);
        }
        for (final Map.Entry<String, String> policy : policies.entrySet()) {
            final String open = running.policySettings.getOrDefault(policy.getKey(), "its default");
            if (explicit.contains(policy.getKey()) && !policy.getValue().equals(open)) {
                throw new RnicException(RnicError.INVALID_ARGUMENT, "the kernel of device " + device.config().name()
                    + " runs with " + policy.getKey() + "=" + open + ", not " + policy.getValue()
                    + "; leave the setting out, or open another device");
            }
        }
        return running;
    }

    private KernelEntry enter(final DeviceContext context, final Map<String, String> settings) {
        final String name = settings.getOrDefault("process", "pid-" + PROCESS_NUMBERS.incrementAndGet());
        final ProcessAccount account = accounts.computeIfAbsent(name, ProcessAccount::new);
        final ProcessAccount.Opener opener = account.enter();
        lockedMemory.join(account);
        RUNNING.put(device, this);
        processes++;
        return new KernelEntry(this, context, account, opener);
    }

    /** A process has ended; the last takes the kernel along. */
    void leave(final ProcessAccount account, final ProcessAccount.Opener opener) {
        synchronized (RUNNING) {
            if (account.leave(opener) == 0) {
                accounts.remove(account.name());
                lockedMemory.leave(account);
            }
            if (--processes == 0) {
                RUNNING.remove(device);
            }
        }
    }

    LockedMemoryPolicy lockedMemory() {
        return lockedMemory;
    }

    ConnectionPolicy connections() {
        return connections;
    }
}
