package io.rnic.bench.regcache;

import io.rnic.registration.CostModel;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Cost models as they are written: a preset's name, or the figures. */
final class Costs {
    /** Asks for the model of this machine. */
    static final String MEASURED = "measured";

    private Costs() {
    }

    static String allowed() {
        return CostModel.PRESETS.stream().map(CostModel::name).collect(Collectors.joining(", ")) + ", " + MEASURED
            + ", or A,B,C,D[,HIT[,FAULT]] in ns: register A + B for each page, deregister C + D for each page";
    }

    /** What a preset is. */
    static String note(final CostModel model) {
        return switch (model.name()) {
            case "ucx" -> "UCX's default for InfiniBand";
            case "mlock" -> "mlock and munlock of a virtual machine with 2 cores";
            case "1998" -> "the paper's period, by Tezuka's pin-down cache";
            default -> "as given";
        };
    }

    /**
     * Reads a model.
     *
     * @throws IllegalArgumentException if it is none; the message says what is allowed
     */
    static CostModel parse(final String text) {
        for (final CostModel preset : CostModel.PRESETS) {
            if (preset.name().equals(text)) {
                return preset;
            }
        }
        final String[] parts = text.split(",", -1);
        if (parts.length < 4 || parts.length > 6
            || !Arrays.stream(parts).allMatch(part -> part.strip().matches("[0-9]{1,12}(\\.[0-9]{1,6})?"))) {
            throw new IllegalArgumentException("'" + text + "' is unknown; allowed: " + allowed());
        }
        final double[] ns = Arrays.stream(parts).mapToDouble(part -> Double.parseDouble(part.strip())).toArray();
        return new CostModel("given", ns[0], ns[1], ns[2], ns[3],
            ns.length > 4 ? ns[4] : CostModel.MLOCK.hitNs(), ns.length > 5 ? ns[5] : CostModel.MLOCK.faultNs());
    }
}
