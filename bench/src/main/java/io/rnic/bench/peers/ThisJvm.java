package io.rnic.bench.peers;

import io.rnic.bench.run.ExperimentException;
import io.rnic.bench.run.Resources;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Tests in this JVM. */
final class ThisJvm implements Jvm {
    private final List<Kind> kinds;
    private final Resources resources = new Resources();
    private final Rig rig = resources.add(new Rig());
    private final Map<String, PeerTest> tests = new HashMap<>();
    private final Slice slice = new Slice();

    ThisJvm(final List<Kind> kinds) {
        this.kinds = kinds;
    }

    @Override
    public String open() {
        for (final Kind kind : kinds) {
            try {
                tests.put(kind.name(), resources.add(kind.opener().open(rig)));
            } catch (final RuntimeException e) {
                throw new ExperimentException(kind.name(), e);
            }
        }
        return rig.pinning();
    }

    @Override
    public Outcome run(final Kind kind, final long durationNs) {
        slice.clear();
        try {
            Objects.requireNonNull(tests.get(kind.name())).run(durationNs, slice);
            return new Outcome(kind.unit().of(slice, kind.bytes()), slice.allocatedPerOperation());
        } catch (final RuntimeException e) {
            throw new ExperimentException(kind.name(), e);
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
