package io.rnic.differential;

import io.rnic.verbs.RnicError;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The model's regions and memory windows, and what keys and places stand for. */
final class ModelRegions {
    private final ModelMemory memory;
    private final @Nullable ModelRegion[] regions = new ModelRegion[Machine.SLOTS];
    private final @Nullable ModelWindow[] windows = new ModelWindow[Machine.SLOTS];

    ModelRegions(final ModelMemory memory) {
        this.memory = memory;
    }

    /** What a key stands for now. */
    @Nullable ModelRegion named(final Request.Key key) {
        return switch (key.kind()) {
            case OWN -> {
                final ModelRegion region = regions[key.slot()];
                yield region == null || region.closed ? null : region;
            }
            case WINDOW -> {
                final ModelWindow window = windows[key.slot()];
                yield window == null || window.closed ? null : window.binding;
            }
            default -> null;
        };
    }

    /** The window whose key it is. */
    @Nullable ModelWindow window(final Request.Key key) {
        return key.kind() == Request.KeyKind.WINDOW ? windows[key.slot()] : null;
    }

    long address(final Request.Place place) {
        final ModelRegion region = place.region() == Request.NOWHERE ? null : regions[place.region()];
        return place.offset() + (region == null ? 0 : region.address());
    }

    Set<String> register(final Call.Register call, final Model.@Nullable Domain domain) {
        final ModelRegion old = regions[call.region()];
        if (domain == null || (old != null && !old.closed)) {
            return Model.NOTHING;
        }
        if (domain.closed) {
            return Model.refused(RnicError.CLOSED);
        }
        if (memory.isGone(call.memory()) || call.length() == 0 || !ModelRegion.isAllowed(call.access())) {
            return Model.refused(RnicError.INVALID_ARGUMENT);
        }
        regions[call.region()] = new ModelRegion(domain, call);
        domain.users++;
        return Model.OK;
    }

    Set<String> reregister(final Call.Reregister call) {
        final ModelRegion region = regions[call.region()];
        if (region == null) {
            return Model.NOTHING;
        }
        if (region.closed) {
            return Model.refused(RnicError.CLOSED);
        }
        if (memory.isGone(region.memory) || !ModelRegion.isAllowed(call.access())) {
            return Model.refused(RnicError.INVALID_ARGUMENT);
        }
        if (region.windows > 0) {
            return Model.refused(RnicError.BUSY);
        }
        region.access = call.access();
        region.invalidated = false;
        return Model.OK;
    }

    Set<String> deregister(final int slot) {
        final ModelRegion region = regions[slot];
        if (region == null) {
            return Model.NOTHING;
        }
        if (region.closed || region.windows > 0) {
            return Model.refused(region.closed ? RnicError.CLOSED : RnicError.BUSY);
        }
        region.closed = true;
        region.domain.users--;
        return Model.OK;
    }

    /** The region that is, or was last, in a slot. */
    @Nullable ModelRegion region(final int slot) {
        return regions[slot];
    }

    Set<String> allocateWindow(final int slot, final Model.@Nullable Domain domain) {
        final ModelWindow old = windows[slot];
        if (domain == null || (old != null && !old.closed)) {
            return Model.NOTHING;
        }
        if (domain.closed) {
            return Model.refused(RnicError.CLOSED);
        }
        windows[slot] = new ModelWindow(domain);
        domain.users++;
        return Model.OK;
    }

    Set<String> closeWindow(final int slot) {
        final ModelWindow window = windows[slot];
        if (window == null) {
            return Model.NOTHING;
        }
        if (window.closed) {
            return Model.refused(RnicError.CLOSED);
        }
        window.close();
        window.domain.users--;
        return Model.OK;
    }

    /** What a memory window must say of itself, null if there is none open in its slot. */
    @Nullable String observeWindow(final int slot) {
        final ModelWindow window = windows[slot];
        return window == null || window.closed ? null : "key " + window.key;
    }
}
