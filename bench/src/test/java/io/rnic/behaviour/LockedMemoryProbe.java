package io.rnic.behaviour;

import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.Arena;

/** Registers 1 MiB through a front end and a way of pinning, and says what became of it: for a process with a limit. */
final class LockedMemoryProbe {
    private LockedMemoryProbe() {
    }

    /** Takes the front end and the pinning. */
    public static void main(final String[] args) {
        final RnicOptions options = RnicOptions.defaults().withFrontEnd(args[0]).with("pinning", args[1]);
        try (Rnic rnic = Rnic.open(options);
            ProtectionDomain domain = rnic.allocateProtectionDomain();
            MemoryRegion region = domain.registerMemory(Arena.global().allocate(1 << 20, 4096))) {
            System.out.println("registered " + region.length() + ", " + rnic.attributes().pinning());
        } catch (final RnicException e) {
            System.out.println(e.error() + ": " + e.getMessage());
        }
    }
}
