package io.rnic.kernel.syscall;

import io.rnic.verbs.CompletionOpcode;
import io.rnic.verbs.Diagnosis;
import org.jspecify.annotations.Nullable;

/**
 * A diagnosis in an argument block: numbers of 8 bytes, one after the other; optional ones behind a number that says
 * whether they are there (1) or not (0).
 *
 * <pre>
 *   check | byPeer | operation? code | queue pair | wr_id? | STag | access | address | length | domain
 *   | region? domain, access, address, length | Terminate
 * </pre>
 */
public final class DiagnosisRecord {
    private DiagnosisRecord() {
    }

    /** Writes a diagnosis. */
    public static void write(final ArgumentBlock block, final Diagnosis diagnosis) {
        block.putInt(diagnosis.check().code()).putInt(diagnosis.byPeer() ? 1 : 0);
        final CompletionOpcode operation = diagnosis.operation();
        putOptional(block, operation == null ? null : (long) operation.code());
        block.putInt(diagnosis.queuePairNumber());
        putOptional(block, diagnosis.wrId());
        block.putInt(diagnosis.stag()).putInt(diagnosis.access()).putLong(diagnosis.address())
            .putLong(diagnosis.length()).putInt(diagnosis.domain());
        final Diagnosis.Region region = diagnosis.region();
        block.putInt(region == null ? 0 : 1);
        if (region != null) {
            block.putInt(region.domain()).putInt(region.access()).putLong(region.address()).putLong(region.length());
        }
        block.putInt(diagnosis.terminate());
    }

    private static void putOptional(final ArgumentBlock block, final @Nullable Long value) {
        block.putInt(value == null ? 0 : 1);
        if (value != null) {
            block.putLong(value);
        }
    }

    /** Reads what the kernel wrote. */
    public static Diagnosis read(final ArgumentBlock block) {
        final Diagnosis.Check check = Diagnosis.Check.of(block.getInt());
        final boolean byPeer = block.getInt() != 0;
        final Long operation = getOptional(block);
        return new Diagnosis(check, byPeer, operation == null ? null : CompletionOpcode.of(operation.intValue()),
            block.getInt(), getOptional(block), block.getInt(), block.getInt(), block.getLong(), block.getLong(),
            block.getInt(), block.getInt() == 0 ? null : new Diagnosis.Region(block.getInt(), block.getInt(),
            block.getLong(), block.getLong()), block.getInt());
    }

    private static @Nullable Long getOptional(final ArgumentBlock block) {
        return block.getInt() == 0 ? null : (Long) block.getLong();
    }
}
