package io.rnic.bench.regcache.trace;

import com.github.luben.zstd.ZstdInputStream;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A trace in a file, plain or compressed by gzip or zstd, which its first bytes tell. Read as a stream: it may be
 * larger than memory. From a pipe it can be read once.
 */
public final class TraceFile implements RequestSource {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GZIP = 0x1f8b;
    private static final int ZSTD = 0x28b5;
    /** Some editors begin a text in UTF-8 with it. */
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    /** No byte of a text is this character: a quote opens nothing that could go on in the next line. */
    private static final char NO_QUOTE = '\uFFFF';

    private final Path path;
    private final TraceFormat format;
    private final AtomicReference<@Nullable Begun> begun = new AtomicReference<>();
    private final Set<String> notes = new ConcurrentSkipListSet<>();

    private TraceFile(final Path path, final TraceFormat format) {
        this.path = path;
        this.format = format;
    }

    /**
     * Looks at a trace.
     *
     * @param path   where it is
     * @param format of its lines; null to have it told by the first of them
     * @throws TraceException if it cannot be read, or is empty
     */
    public static TraceFile of(final Path path, final @Nullable TraceFormat format) throws IOException {
        if (!Files.exists(path)) {
            throw new TraceException("trace '" + path + "' does not exist");
        }
        if (Files.isDirectory(path)) {
            throw new TraceException("trace '" + path + "' is a directory");
        }
        CountedStream file = null;
        try {
            file = new CountedStream(Files.newInputStream(path), path);
            final InputStream text = text(file, path);
            text.mark(2 * BoundedLines.MAX_BYTES + BUFFER_BYTES);
            final String first = line(text);
            if (first == null) {
                throw new TraceException("trace '" + path + "' is empty");
            }
            final String second = Objects.requireNonNullElse(line(text), "");
            text.reset();
            final TraceFile trace = new TraceFile(path, format != null ? format : TraceFormat.guess(first, second));
            if (!Files.isRegularFile(path)) {
                // What has come out of a pipe does not come again.
                trace.begun.set(new Begun(file, text));
                file = null;
            }
            return trace;
        } catch (final TraceException | NoSuchFileException e) {
            throw e;
        } catch (final IOException e) {
            throw new TraceException("trace '" + path + "' cannot be read: " + reason(e), e);
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    private static String reason(final IOException e) {
        return e instanceof AccessDeniedException ? "no permission"
            : e instanceof EOFException ? "it ends too early; is it cut short?"
            : Objects.requireNonNullElse(e.getMessage(), e.toString());
    }

    private static InputStream text(final CountedStream file, final Path path) throws IOException {
        final InputStream text = new BufferedInputStream(new BoundedLines(decompress(file), path), BUFFER_BYTES);
        text.mark(BYTE_ORDER_MARK.length);
        if (!Arrays.equals(text.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
            text.reset();
        }
        return text;
    }

    private static @Nullable String line(final InputStream text) throws IOException {
        final StringBuilder line = new StringBuilder();
        int next = text.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            line.append((char) next);
            next = text.read();
        }
        return line.toString().stripTrailing();
    }

    /** A trace that can be read only once, at its beginning. */
    private record Begun(CountedStream file, InputStream text) {
    }

    private static InputStream decompress(final InputStream file) throws IOException {
        final BufferedInputStream in = new BufferedInputStream(file, BUFFER_BYTES);
        in.mark(2);
        final int magic = (in.read() << 8) | (in.read() & 0xff);
        in.reset();
        return switch (magic) {
            case GZIP -> new GZIPInputStream(in, BUFFER_BYTES);
            case ZSTD -> new ZstdInputStream(in);
            default -> in;
        };
    }

    /** The format of its lines. */
    public TraceFormat format() {
        return format;
    }

    @Override
    public String name() {
        return String.valueOf(path.getFileName());
    }

    @Override
    public List<String> notes() {
        return List.copyOf(notes);
    }

    @Override
    public Reader open() throws IOException {
        Begun from = begun.getAndSet(null);
        if (from == null) {
            if (!Files.isRegularFile(path)) {
                throw new TraceException("trace '" + path + "' is no regular file and can be read only once; allowed"
                    + " where it is read twice (--execute, --cost measured, --sharing static): a file");
            }
            final CountedStream file = new CountedStream(Files.newInputStream(path), path);
            from = new Begun(file, text(file, path));
        }
        return new Lines(from.file(), CsvReader.builder().fieldSeparator(format.separator()).quoteCharacter(NO_QUOTE)
            .commentStrategy(CommentStrategy.SKIP).skipEmptyLines(true)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE).extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .ofCsvRecord(new InputStreamReader(from.text(), StandardCharsets.ISO_8859_1)));
    }

    /** The trace while it is read. */
    private final class Lines implements Reader {
        private final CountedStream file;
        private final CsvReader<CsvRecord> csv;
        private final Iterator<CsvRecord> records;
        private @Nullable Fields fields;
        private long lines;

        Lines(final CountedStream file, final CsvReader<CsvRecord> csv) {
            this.file = file;
            this.csv = csv;
            records = csv.iterator();
        }

        @Override
        public boolean read(final RequestBatch batch) throws IOException {
            batch.clear();
            try {
                while (!batch.isFull() && records.hasNext()) {
                    parse(records.next(), batch);
                }
            } catch (final IllegalArgumentException e) {
                throw new TraceException(String.valueOf(e.getMessage()), e);
            } catch (final UncheckedIOException | CsvParseException e) {
                throw broken(e);
            }
            if (batch.size() == 0) {
                file.checkWhole();
                final String changes = file.changes();
                if (!changes.isEmpty()) {
                    notes.add(changes);
                }
                if (lines == 0) {
                    throw new TraceException("trace '" + path + "' has no requests" + (fields == null ? ""
                        : ": its only line, '" + fields.shown() + "', has no number in it"));
                }
                return false;
            }
            return true;
        }

        private void parse(final CsvRecord line, final RequestBatch batch) {
            if (fields == null) {
                fields = new Fields(path.toString(), line);
                if (fields.isHeading()) {
                    checkHeading(fields);
                    return;
                }
            }
            lines++;
            fields.at(line).checkQuotes();
            if (line.getFieldCount() < format.minFields()) {
                throw new IllegalArgumentException(path + ":" + line.getStartingLineNumber() + ": "
                    + line.getFieldCount() + " fields; a line of format " + format.label() + " is " + format.fields());
            }
            format.parse(fields, batch);
            batch.inLine(line.getStartingLineNumber());
        }

        private void checkHeading(final Fields line) {
            if (line.isBinary()) {
                throw line.wrong("is no text; allowed: lines of numbers in ASCII or UTF-8, plain or compressed by gzip"
                    + " or zstd");
            }
            if (!line.hasName(format.fields())) {
                notes.add("the first line of trace '" + path + "' was taken for a heading, for there is no number in"
                    + " it: '" + line.shown() + "'");
            }
        }

        private TraceException broken(final RuntimeException e) {
            final Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof TraceException known) {
                return known;
            }
            return new TraceException("trace '" + path + "' ends or breaks after line " + lines + ": "
                + cause.getMessage() + "; is it cut short, or was it changed while it was read?", e);
        }

        @Override
        public double progress() {
            return file.progress();
        }

        @Override
        public void close() throws IOException {
            csv.close();
        }
    }
}
