package io.rnic.differential;

import io.rnic.verbs.RnicError;
import java.util.Set;

/** What is used by others, and is not closed while it is. */
class ModelUsed {
    final int nic;
    int users;
    boolean closed;

    ModelUsed(final int nic) {
        this.nic = nic;
    }

    Set<String> close() {
        if (closed || users > 0) {
            return Model.refused(closed ? RnicError.CLOSED : RnicError.BUSY);
        }
        closed = true;
        return Model.OK;
    }
}
