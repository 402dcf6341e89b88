package io.rnic.differential;

import io.rnic.verbs.AsyncEventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asynchronous events that were not taken, by object: between objects their order is open. */
final class ModelEvents {
    private final Map<String, List<AsyncEventType>> events = new TreeMap<>();

    /** An object is named by the first letter of its kind and its slot, as in {@link Call}. */
    void add(final String object, final AsyncEventType type) {
        events.computeIfAbsent(object, name -> new ArrayList<>()).add(type);
    }

    /** All of them, which are taken then. */
    String take() {
        final String all = events.toString();
        events.clear();
        return all;
    }
}
