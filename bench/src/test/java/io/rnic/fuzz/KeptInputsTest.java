package io.rnic.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kept inputs of all targets, and seeded mutations of them: what is left of a fuzzer in every build. */
class KeptInputsTest {
    private static final int DECODER_MUTATIONS = 20_000;
    private static final int STREAM_MUTATIONS = 5000;
    private static final int LISTENER_MUTATIONS = 500;
    private static final int MAX_CHANGES = 4;
    private static final int MAX_ADDED = 12;

    /** One input. */
    private interface Target {
        void run(byte[] input) throws Exception;
    }

    private static List<byte[]> kept(final String target) throws IOException, URISyntaxException {
        final URI folder = Objects.requireNonNull(KeptInputsTest.class.getResource(target)).toURI();
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            final List<Path> sorted = files.sorted().toList();
            final byte[][] inputs = new byte[sorted.size()][];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = Files.readAllBytes(sorted.get(i));
            }
            return List.of(inputs);
        }
    }

    private static void run(final Target target, final byte[] input) {
        try {
            target.run(input);
        } catch (final Exception | AssertionError e) {
            throw new AssertionError("input " + HexFormat.of().formatHex(input), e);
        }
    }

    private static void runAll(final String inputs, final int mutations, final Target target)
        throws IOException, URISyntaxException {
        final List<byte[]> kept = kept(inputs);
        assertThat(kept).isNotEmpty();
        kept.forEach(input -> run(target, input));
        final Random random = new Random(mutations);
        for (int i = 0; i < mutations; i++) {
            run(target, mutated(random, kept));
        }
    }

    private static byte[] mutated(final Random random, final List<byte[]> kept) {
        byte[] input = kept.get(random.nextInt(kept.size())).clone();
        for (int changes = 1 + random.nextInt(MAX_CHANGES); changes > 0; changes--) {
            final int at = random.nextInt(input.length + 1);
            switch (random.nextInt(4)) {
                case 0 -> input = Arrays.copyOf(input, at);
                case 1 -> {
                    final byte[] more = kept.get(random.nextInt(kept.size()));
                    final int added = Math.min(more.length, 1 + random.nextInt(MAX_ADDED));
                    final int length = input.length;
                    input = Arrays.copyOf(input, length + added);
                    System.arraycopy(more, more.length - added, input, length, added);
                }
                default -> {
                    if (at < input.length) {
                        input[at] = (byte) (random.nextBoolean()
                            ? random.nextInt() : input[at] ^ 1 << random.nextInt(Byte.SIZE));
                    }
                }
            }
        }
        return input;
    }

    @Test
    void noSetUpFrameShouldSurprise() throws IOException, URISyntaxException {
        runAll("SetUpFuzzInputs/parse", DECODER_MUTATIONS, new SetUpFuzz()::parse);
    }

    @Test
    void noStreamShouldSurprise() throws IOException, URISyntaxException {
        runAll("StreamFuzzInputs/stream", STREAM_MUTATIONS, new StreamFuzz()::stream);
    }

    @Test
    @Timeout(120)
    void noPeerOfAListenerShouldSurprise() throws IOException, URISyntaxException {
        runAll("ListenerFuzzInputs/listener", LISTENER_MUTATIONS, new ListenerFuzz()::listener);
    }
}
