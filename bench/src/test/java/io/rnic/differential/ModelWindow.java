package io.rnic.differential;

/** The model's memory window: its key counts from 0, and each key that it had was a name of its own. */
final class ModelWindow {
    final Model.Domain domain;
    boolean closed;
    int key;
    ModelRegion binding;

    ModelWindow(final Model.Domain domain) {
        this.domain = domain;
        binding = new ModelRegion(domain);
    }

    /** Unbinds it and gives it that key, which is another. */
    void rekey(final int next) {
        binding.invalidate();
        binding.closed = true;
        binding = new ModelRegion(domain);
        key = next;
    }

    void close() {
        closed = true;
        binding.invalidate();
        binding.closed = true;
    }
}
