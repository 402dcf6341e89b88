package io.rnic.bench.compare;

import io.rnic.bench.limits.Limits;
import io.rnic.bench.report.HostFacts;
import io.rnic.bench.report.Measurement;
import io.rnic.bench.report.Progress;
import io.rnic.bench.report.Report;
import io.rnic.bench.run.Partner;
import io.rnic.bench.run.Resources;
import io.rnic.bench.run.Samples;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicOptions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs everything, one after the other, and makes the report of it. */
final class Comparison {
    /** Both front ends open the device by this name, and so share it. */
    private static final String DEVICE = "compare";

    private final Settings settings;
    private final Plan plan;
    private final Progress progress;
    private final Consumer<MemorySegment> received;
    private final List<String> notes = new ArrayList<>();
    private String pinning = "";

    /**
     * Prepares a run.
     *
     * @param received is shown every block of the file before it is hashed
     */
    Comparison(final Settings settings, final Plan plan, final Progress progress,
               final Consumer<MemorySegment> received) {
        this.settings = settings;
        this.plan = plan;
        this.progress = progress;
        this.received = received;
    }

    /** In how many steps it reports its progress. */
    static int steps(final Settings settings) {
        return 1 + MessageTest.values().length * (1 + settings.sizes().size()) + 1 + Blocks.SWEEP_BYTES.size();
    }

    /**
     * Runs.
     *
     * @throws io.rnic.bench.run.ExperimentException if an experiment fails, or a digest does not agree
     * @throws io.rnic.verbs.RnicException           if the device refuses something
     */
    Report run() {
        try (Resources resources = new Resources()) {
            final Partner partner = resources.add(new Partner("rnic-partner", nicThreads()));
            final List<Rnic> nics = new ArrayList<>();
            for (final String frontEnd : settings.frontEnds()) {
                nics.add(resources.add(open(frontEnd)));
            }
            final Map<String, Object> host = HostFacts.of(nics.getFirst().attributes());
            final Results results = new Results(nics);
            final List<Measurement> limits = limits(partner);
            for (final MessageTest test : MessageTest.values()) {
                messages(test, nics, partner, results);
            }
            final FileFacts file = file(nics, partner, results);
            noteThreads();
            host.put("pinning", pinning);
            host.put("file", settings.file().toString());
            host.put("fileBytes", file.bytes());
            host.put("fileSha256", file.sha256());
            host.put("notes", List.copyOf(notes));
            return new Report("compare", host, limits, results.rows());
        }
    }

    private record FileFacts(long bytes, String sha256) {
    }

    private Rnic open(final String frontEnd) {
        return Rnic.open(RnicOptions.defaults().withFrontEnd(frontEnd).with("device", DEVICE).with("link", "loopback")
            .with("threading", settings.threading()).with("pinning", settings.pinning())
            .with("crossing", settings.crossing()));
    }

    private List<Measurement> limits(final Partner partner) {
        progress.stage("limits");
        final Limits limits = Limits.measure(partner, plan.limitsNs());
        notes.addAll(limits.notes());
        progress.step();
        return limits.rows();
    }

    private void messages(final MessageTest test, final List<Rnic> nics, final Partner partner, final Results results) {
        progress.stage(test.id());
        final int maxBytes = settings.sizes().stream().mapToInt(Integer::intValue).max().orElse(1);
        try (Turns<Experiment> turns =
                 new Turns<>(test.id(), plan, nics, nic -> test.open(nic, partner, maxBytes))) {
            turns.warmUp(settings.sizes());
            progress.step();
            for (final int bytes : settings.sizes()) {
                final List<Samples> samples = turns.measure(bytes);
                if (test.isBandwidth()) {
                    results.addBandwidth(test.id(), bytes, bytes, samples);
                } else {
                    results.addLatency(test.id(), bytes, samples);
                }
                progress.step();
            }
        }
    }

    private FileFacts file(final List<Rnic> nics, final Partner partner, final Results results) {
        final String test = "file_read";
        progress.stage(test);
        try (FileSource source = new FileSource(settings.file());
             Turns<FileStream> turns =
                 new Turns<>(test, plan, nics, nic -> new FileStream(nic, partner, source, received))) {
            notePinning(nics.getFirst());
            final Verification verification = new Verification(source, nics, plan);
            verification.verifyWhole(turns);
            turns.warmUp(Blocks.SWEEP_BYTES);
            progress.step();
            for (final int blockBytes : Blocks.SWEEP_BYTES) {
                verification.verifyPart(turns, blockBytes);
                final int moved = new Blocks(source.bytes(), blockBytes).fullLength();
                results.addBandwidth(test, blockBytes, moved, turns.measure(blockBytes));
                progress.step();
            }
            notes.add(verification.describe());
            return new FileFacts(source.bytes(), verification.sha256());
        }
    }

    /** Asked while the most memory is registered that this command registers. */
    private void notePinning(final Rnic nic) {
        pinning = nic.attributes().pinning();
        if (pinning.contains("accounted")) {
            notes.add("memory that could not or should not be locked was accounted instead: pinning " + pinning);
        }
    }

    private int nicThreads() {
        return settings.threading().equals("dedicated") ? 1 : 0;
    }

    private void noteThreads() {
        final int cores = Runtime.getRuntime().availableProcessors();
        final int threads = 2 + nicThreads();
        if (threads > cores) {
            notes.add("up to " + threads + " busy threads share " + cores + (cores == 1 ? " core" : " cores")
                + ": waits yield instead of spinning, and times of two-sided tests hold context switches");
        }
    }
}
