package io.rnic.kernel.broker;

import io.rnic.emu.RegionResource;

/**
 * A region that a process has registered.
 *
 * @param resource the region
 * @param bytes    what was charged to the process's quota
 */
record BrokeredRegion(RegionResource resource, long bytes) {
}
