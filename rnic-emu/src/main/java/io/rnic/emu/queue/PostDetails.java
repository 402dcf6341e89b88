package io.rnic.emu.queue;

import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.SendRequest;
import io.rnic.verbs.SgeList;
import java.lang.foreign.MemorySegment;

/** What was given and what is allowed, of a request that was refused: looks at it again, so it costs those alone. */
public final class PostDetails {
    private PostDetails() {
    }

    /**
     * Of a send request.
     *
     * @param maxSges         pieces of memory that the queue takes
     * @param maxInlineBytes  inline bytes that it takes
     * @param maxMessageBytes bytes of a message
     * @return what is to stand behind the {@linkplain PostResult explanation}, maybe nothing
     */
    public static String of(final PostResult result, final SendRequest request, final int maxSges,
        final int maxInlineBytes, final int maxMessageBytes) {
        final MemorySegment inline = request.inlineSegment();
        return switch (result) {
            case INLINE_TOO_LONG -> given(request.inlineLength(), maxInlineBytes);
            case INLINE_UNREADABLE ->
                inline == null ? "" : unreadable(inline, request.inlineOffset(), request.inlineLength());
            case NEGATIVE_LENGTH -> inline != null ? ": " + request.inlineLength()
                : request.sges().count() > 0 && SgeLayout.messageLength(request.sges(), request.sges().count()) >= 0
                    ? ": " + request.operand() : negative(request.sges());
            default -> of(result, request.sges(), maxSges, maxMessageBytes);
        };
    }

    /** Of a receive. */
    public static String of(final PostResult result, final ReceiveRequest request, final int maxSges,
        final int maxMessageBytes) {
        return of(result, request.sges(), maxSges, maxMessageBytes);
    }

    private static String of(
        final PostResult result, final SgeList sges, final int maxSges, final int maxMessageBytes) {
        return switch (result) {
            case TOO_MANY_SGES -> given(sges.count(), maxSges);
            case NEGATIVE_LENGTH -> negative(sges);
            case MESSAGE_TOO_LONG -> given(SgeLayout.messageLength(sges, sges.count()), maxMessageBytes);
            default -> "";
        };
    }

    private static String given(final long given, final int allowed) {
        return ": " + given + "; allowed: up to " + allowed;
    }

    private static String negative(final SgeList sges) {
        for (int i = 0; i < sges.count(); i++) {
            if (sges.length(i) < 0) {
                return ": " + sges.length(i) + " in piece " + i;
            }
        }
        return "";
    }

    private static String unreadable(final MemorySegment inline, final long offset, final int length) {
        if (!inline.scope().isAlive()) {
            return ": its arena is closed";
        }
        if (!inline.isAccessibleBy(Thread.currentThread())) {
            return ": it is another thread's, of a confined arena";
        }
        return offset < 0 || offset > inline.byteSize() - length
            ? ": " + length + " bytes at " + offset + " lie outside its segment of " + inline.byteSize() + " bytes"
            : ": its memory is gone, a file that was truncated";
    }
}
