package io.rnic.emu;

import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whether an object is open, and who uses it: it closes once, and not before its users. */
public final class Usage {
    private static final int NAMED_USERS = 8;

    private final String name;
    /** Made for the first user: most objects, above all the many queue pairs and regions, never have one. */
    private Map<Object, String> users = Map.of();
    private boolean closed;

    /** An open object without users. */
    public Usage(final String name) {
        this.name = name;
    }

    /** The object's name, for messages. */
    public String name() {
        return name;
    }

    /**
     * Notes a user.
     *
     * @throws RnicException CLOSED
     */
    public synchronized void add(final Object user, final String userName) {
        checkOpen();
        if (users.isEmpty() && !(users instanceof LinkedHashMap)) {
            users = new LinkedHashMap<>();
        }
        users.put(user, userName);
    }

    /** Forgets a user. */
    public synchronized void remove(final Object user) {
        if (!users.isEmpty()) {
            users.remove(user);
        }
    }

    /** How many users of that kind there are. */
    public synchronized int count(final Class<?> kind) {
        return (int) users.keySet().stream().filter(kind::isInstance).count();
    }

    /** Whether the object is open. */
    public synchronized boolean isOpen() {
        return !closed;
    }

    /**
     * Checks that the object is open.
     *
     * @throws RnicException CLOSED
     */
    public synchronized void checkOpen() {
        if (closed) {
            throw new RnicException(RnicError.CLOSED, name + " is closed");
        }
    }

    /**
     * Closes the object.
     *
     * @throws RnicException CLOSED if it is closed, BUSY with the users' names if it has any
     */
    public synchronized void close() {
        checkUnused();
        closed = true;
    }

    /**
     * Checks that the object may be closed.
     *
     * @throws RnicException as {@link #close}
     */
    public synchronized void checkUnused() {
        checkOpen();
        if (!users.isEmpty()) {
            throw new RnicException(RnicError.BUSY, name + " is in use by "
                + String.join(", ", users.values().stream().limit(NAMED_USERS).toList())
                + (users.size() > NAMED_USERS ? " and " + (users.size() - NAMED_USERS) + " more" : "")
                + "; close " + (users.size() == 1 ? "it" : "them") + " first");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
