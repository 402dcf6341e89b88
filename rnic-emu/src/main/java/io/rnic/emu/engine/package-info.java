/**
 * The NIC at work.
 *
 * <pre>
 *   doorbell --&gt; Engine: one thread at a time for each send queue
 *                  |
 *                SendSide: takes a slot, or what is pushed, checks the local pieces, gathers
 *                  |       (OtherRequests: all but Send, Write and Read; MessageTrain: short Sends of a list)
 *                  |
 *                DirectLink: delivers, decides nothing (loopback; one that does no more is passed by)
 *                  |
 *                ReceiveSide: the one placement: receive or STag, checks, copy
 *                  |       (ShortMessages: those that the completion carries)
 *                  |
 *                CompletionWriter of the receiver, then of the sender
 * </pre>
 *
 * <p>Over a stream (TCP) there is a wire between the two:
 *
 * <pre>
 *   SendSide - StreamSends: cuts into segments, keeps Reads outstanding - StreamLink - - -&gt; the peer
 *              StreamAnswers: answers the peer's Reads
 *   ReceiveSide - StreamReceiver: checks segments, hands them on  &lt;- - - - - - - - - - - - - the peer
 * </pre>
 *
 * <p>The connection's thread hands in what comes ({@link io.rnic.emu.engine.Engine#arrived}); {@link
 * io.rnic.emu.engine.OutstandingReads} and {@link io.rnic.emu.engine.PendingAnswers} stand between it and the send
 * side.
 *
 * <p>A message so short that the completion can carry it is checked here and placed by the host when it polls. Where
 * more of them wait than one, to a peer that is near, those that follow each other are delivered in one go: a train,
 * for which the locks of the receives and of their completion queue are taken once ({@code MessageTrain}). It ends
 * where a message can't be left in its completion or fails, and that one goes its way alone, as does the first behind
 * one.
 *
 * <p>A Send or Write of one piece comes without a slot where the thread that rings is the NIC ({@link
 * io.rnic.emu.queue.Doorbell#push}). It is taken the usual way or not at all: the peer is near, nothing waits before
 * it, the region that a Write goes to is the one that was written to last, the message of a Send can be left in its
 * completion, as the last one could that came alone. If any of that is not so, or it fails, it comes again by its slot,
 * where the reason is found out.
 *
 * <p>Who holds what: the send queue's lock covers its slots and the connection's Read answers (in INVOKER mode the
 * poster holds it already: it is the NIC); the receive queue's lock
 * covers the message that is being placed into a receive; a shared receive queue ({@link
 * io.rnic.emu.engine.SharedReceives}) and a completion queue have a lock of their own. They are taken in
 * this order, and all are free of atomic instructions while one thread takes them. The locks of the two sides are the
 * sides themselves ({@link io.rnic.emu.engine.SendFlow}, {@link io.rnic.emu.engine.ReceiveFlow}), with what they cover
 * beside them.
 *
 * <p>Who makes an STag invalid leaves the NIC's work until no thread uses it any more, with the send queue's lock held.
 * So nobody may wait for such a lock inside the NIC's work.
 *
 * <p>Of a NIC with a thread of its own ({@link io.rnic.emu.engine.NicThread}), that thread ends when the NIC is closed
 * and for nothing else. Where its work on a queue pair throws, which only a fault of this program does, that queue pair
 * goes to ERROR and says so.
 *
 * <p>An error never throws: it is a code, becomes a completion's status and, towards the peer, a {@link
 * io.rnic.emu.engine.Terminate}. Over a stream that leaves before this side's owner can see the error, who may close
 * the queue pair at once.
 */
@NullMarked
package io.rnic.emu.engine;

import org.jspecify.annotations.NullMarked;
