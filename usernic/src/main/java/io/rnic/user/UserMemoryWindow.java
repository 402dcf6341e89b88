package io.rnic.user;

import io.rnic.emu.WindowResource;
import io.rnic.verbs.MemoryWindow;

/** A memory window of a user-level process. */
record UserMemoryWindow(UserRnic rnic, WindowResource resource) implements MemoryWindow {
    @Override
    public int rkey() {
        return resource.stag();
    }

    @Override
    public void close() {
        rnic.cross();
        resource.close();
    }

    @Override
    public String toString() {
        return resource.usage().name();
    }
}
