/**
 * iWARP as bytes: MPA (RFC 5044, 6581), DDP (RFC 5041) and RDMAP (RFC 5040, 7306). Fields and back, and whether they
 * can be: nothing here knows a connection or a queue pair, and nothing of the data path allocates.
 *
 * <pre>
 *   TCP stream   SetUpFrame | FPDU | FPDU | ...           one set-up frame each way, then FPDUs
 *
 *   Fpdu         length | ULPDU | pad | CRC               Markers: every 512 bytes of the stream, where they are asked
 *                         |                               for; they go before anything else is looked at
 *   DdpHeader             control | STag, TO      | ...   tagged: RDMA Write, Read Response
 *                         control | QN, MSN, MO   | ...   untagged: all others, by RdmapOpcode
 *                                                   |
 *   ReadRequestHeader, AtomicRequestHeader, AtomicResponseHeader, ImmediateData, TerminateHeader, or payload
 * </pre>
 *
 * <p>What is received is checked first, in this order: {@link io.rnic.emu.wire.Fpdu#totalLength} bytes are there; the
 * CRC; {@link io.rnic.emu.wire.Markers#remove}; {@link io.rnic.emu.wire.DdpHeader#check}. After that every accessor of
 * the headers that the opcode has reads bytes of the ULPDU. What is wrong is told as a {@link
 * io.rnic.emu.wire.TerminateCode}, a number.
 *
 * <p>All functions are static, over a segment and the offset where the header begins; nothing needs to be aligned.
 */
@NullMarked
package io.rnic.emu.wire;

import org.jspecify.annotations.NullMarked;
