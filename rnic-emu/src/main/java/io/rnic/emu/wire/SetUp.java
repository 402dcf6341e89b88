package io.rnic.emu.wire;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set-up frame's fields, checked ({@link SetUpFrame}).
 *
 * @param reply       whether it is a reply, not a request
 * @param markers     whether its sender requires markers in what is sent to it (M)
 * @param crc         whether its sender asks for CRCs, in both directions (C)
 * @param rejected    whether it is a reply that refuses (R)
 * @param revision    of MPA, 1 or 2
 * @param enhanced    what enhanced frames have (S, of revision 2 only), else null
 * @param privateData the application's bytes, without those of {@code enhanced}
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its bytes, below; frames are made and read once a connection
public record SetUp(boolean reply, boolean markers, boolean crc, boolean rejected, int revision,
        @Nullable EnhancedData enhanced, byte[] privateData) {

    /** What a frame can hold. */
    public SetUp {
        final int room = SetUpFrame.MAX_PRIVATE_DATA_LENGTH - (enhanced == null ? 0 : EnhancedData.LENGTH);
        if (privateData.length > room) {
            throw new IllegalArgumentException("private data: bytes=" + privateData.length + ", allowed: " + room);
        }
        if (revision < 1 || revision > SetUpFrame.MAX_REVISION || (revision == 1 && enhanced != null)) {
            throw new IllegalArgumentException("revision=" + revision + " enhanced=" + enhanced);
        }
        if (rejected && !reply) {
            throw new IllegalArgumentException("a request that is rejected");
        }
    }

    /** A request that asks for an enhanced connection. */
    public static SetUp request(
        final boolean markers, final boolean crc, final EnhancedData enhanced, final byte[] privateData) {
        return new SetUp(false, markers, crc, false, 2, enhanced, privateData);
    }

    /** The reply that accepts this request: of its revision, enhanced if it is. */
    public SetUp accept(
        final boolean repliersMarkers, final boolean repliersCrc, final EnhancedData repliersData, final byte[] data) {
        return new SetUp(true, repliersMarkers, repliersCrc, false, revision, enhanced == null ? null : repliersData,
            data);
    }

    /** The reply that refuses this request. */
    public SetUp reject(
        final boolean repliersMarkers, final boolean repliersCrc, final EnhancedData repliersData, final byte[] data) {
        return new SetUp(true, repliersMarkers, repliersCrc, true, revision, enhanced == null ? null : repliersData,
            data);
    }

    /** Whether the frame is an enhanced one. */
    public boolean isEnhanced() {
        return enhanced != null;
    }

    /** The frame's bytes. */
    public int length() {
        return SetUpFrame.HEADER_LENGTH + (enhanced == null ? 0 : EnhancedData.LENGTH) + privateData.length;
    }

    @Override
    public boolean equals(final @Nullable Object other) {
        return other instanceof SetUp that && reply == that.reply && markers == that.markers && crc == that.crc
            && rejected == that.rejected && revision == that.revision && Objects.equals(enhanced, that.enhanced)
            && Arrays.equals(privateData, that.privateData);
    }

    @Override
    public int hashCode() {
        return Objects.hash(reply, markers, crc, rejected, revision, enhanced, Arrays.hashCode(privateData));
    }

    @Override
    public String toString() {
        return "MPA " + (reply ? "reply" : "request") + " revision=" + revision + (markers ? " markers" : "")
            + (crc ? " CRC" : "") + (rejected ? " rejected" : "") + (enhanced == null ? "" : " " + enhanced)
            + " private data=" + HexFormat.of().formatHex(privateData);
    }
}
