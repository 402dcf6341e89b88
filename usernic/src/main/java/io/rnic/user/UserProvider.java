package io.rnic.user;

import io.rnic.emu.Device;
import io.rnic.emu.DeviceContext;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.spi.RnicProvider;

/** Finds the user-level front end. */
public final class UserProvider implements RnicProvider {
    /** Called by the service loader. */
    public UserProvider() {
    }

    @Override
    public String name() {
        return "user";
    }

    @Override
    public Rnic open(final RnicOptions options) {
        final Device device = Device.open(options.effective(), options.explicit().keySet());
        return new UserRnic(new DeviceContext(device, false));
    }
}
