package io.rnic.bench.regcache.trace;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The forms of a trace's lines. */
public enum TraceFormat {
    /** ARC paper: first block, number of blocks, ignored, sequence; separated by a blank, blocks of 512 bytes. */
    ARC("start blocks ignored sequence", ' ') {
        @Override
        void parse(final Fields in, final RequestBatch out) {
            out.add(in.block(0, "start"), in.blocks(1, "blocks"), 0);
        }
    },
    /** cloudPhysics: version, time in µs, op in hexadecimal (28 read, 2a write), bytes, logical block of 512 bytes. */
    CLOUDPHYSICS("version,time,op,size,lbn", ',') {
        @Override
        void parse(final Fields in, final RequestBatch out) {
            out.add(in.block(4, "lbn"), in.length(3, "size"), 0);
        }
    },
    /** SPC: storage unit (a process here), block of 512 bytes, bytes, op, time in s. */
    SPC("ASU,LBA,size,opcode,timestamp", ',') {
        @Override
        void parse(final Fields in, final RequestBatch out) {
            final int unit = in.process(0, "ASU");
            out.add(in.inUnit(unit, in.block(1, "LBA")), in.length(2, "size"), unit);
        }
    },
    /** MSR Cambridge: time, host, disk (a process here), Read or Write, offset, bytes, response time. */
    MSR("timestamp,hostname,disk,type,offset,size,response time", ',') {
        @Override
        void parse(final Fields in, final RequestBatch out) {
            final int unit = in.process(2, "disk");
            out.add(in.inUnit(unit, in.offset(4, "offset")), in.length(5, "size"), unit);
        }
    },
    /** Plain: offset and length in bytes, and if wanted op, time, process from 0. */
    CSV("offset,length,[op],[time],[process]", ',') {
        @Override
        void parse(final Fields in, final RequestBatch out) {
            out.add(in.offset(0, "offset"), in.length(1, "length"), in.has(4) ? in.process(4, "process") : 0);
        }
    };

    private final String fields;
    private final char separator;

    TraceFormat(final String fields, final char separator) {
        this.fields = fields;
        this.separator = separator;
    }

    /** Turns the fields of a line into a request. */
    abstract void parse(Fields in, RequestBatch out);

    /** The fields of a line, as they stand. */
    public String fields() {
        return fields;
    }

    char separator() {
        return separator;
    }

    /** How many fields a line has at least. */
    int minFields() {
        return this == CSV ? 2 : fields.split("[, ]").length - (this == MSR ? 2 : 0);
    }

    /** Its name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names, separated by commas. */
    public static String labels() {
        return Arrays.stream(values()).map(TraceFormat::label).collect(Collectors.joining(", "));
    }

    /**
     * The format that a trace's first two lines have; plain CSV if nothing says otherwise.
     *
     * @param first  the first line
     * @param second the second, empty if there is none
     */
    static TraceFormat guess(final String first, final String second) {
        if (first.strip().matches("\\d+\\s+\\d+\\s+\\d+\\s+\\d+")) {
            return ARC;
        }
        final List<String> columns = Arrays.asList(second.split(",", -1));
        if (first.startsWith("version,") || (columns.size() == 5 && columns.get(2).matches("2[aA8]|8[aA8]|[59][ae]"))) {
            return CLOUDPHYSICS;
        }
        final List<String> line = Arrays.asList(first.split(",", -1));
        if (line.size() >= 6 && line.get(3).matches("(?i)read|write")) {
            return MSR;
        }
        return line.size() >= 5 && line.get(3).strip().matches("[rRwW]") ? SPC : CSV;
    }
}
