package io.rnic.user;

import io.rnic.emu.Device;
import io.rnic.emu.DeviceConfig;
import io.rnic.emu.DeviceContext;
import io.rnic.emu.Settings;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.spi.RnicProvider;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds the user-level front end. */
public final class UserProvider implements RnicProvider {
    /** Settings that only the kernel looks at: allowed here too, so that one application runs through either door. */
    private static final Set<String> KERNEL_SETTINGS = Set.of(
        "process", "kernel.lockedMemoryPerProcess", "kernel.lockedMemoryTotal", "kernel.connectionRules");

    /** Called by the service loader. */
    public UserProvider() {
    }

    @Override
    public String name() {
        return "user";
    }

    @Override
    public Rnic open(final RnicOptions options) {
        final Map<String, String> settings = options.effective();
        final Set<String> known = new TreeSet<>(DeviceConfig.SETTINGS);
        known.addAll(KERNEL_SETTINGS);
        new Settings(settings).checkNames(known);
        final Device device = Device.open(settings, options.explicit().keySet());
        return new UserRnic(new DeviceContext(device, false));
    }
}
