/**
 * Races between the two sides of every ring and lock, tried millions of times by jcstress. Each scenario is a pair of
 * threads that does the least that can go wrong, on a fresh state for every sample; an outcome that must not be is
 * FORBIDDEN.
 *
 * <pre>
 *   scenario                  one thread                  the other thread
 *   SendSlotStress            post, post                  NIC takes count, then slots
 *   ReceiveSlotStress         post, post                  NIC takes count, then slots
 *   CompletionStress          bytes, push (twice)         poll
 *   CompletionRoomStress      poll, post                  NIC pushes into a ring of one entry
 *   PlacedMessageStress       NIC pushes messages         poll places them
 *   RegionGoneStress          poll places                 deregister places, uses the memory
 *   SharedReceiveStress       post, post; take, free      another queue pair: take, free
 *   ResizeStress              NIC pushes (four times)     move to another ring, poll
 *   DeregisterStress          NIC places a Write          deregister, use the memory
 *   InvalidateStress          NIC places a Write          make the STag invalid, use the memory
 *   SlotReuseStress           post, post into one slot    NIC takes; poll frees the slot
 *   BiasedLockStress          lock                        lock: ends the bias
 *   BiasMoveStress            lock, often: gets the bias  lock, now and then
 *   InvokerDoorbellStress     post, ring                  works on the same queue pair
 *   PushStress                push: no slot               works on the same queue pair, polls
 *   DedicatedDoorbellStress   post, ring (twice)          the NIC's agent: take, clear SCHEDULED, look
 *   GracePeriodStress         enter, use, exit            revoke, await, free
 *   ArmStress                 arm, poll                   push, event if armed
 *   FlushReceiveStress        post a receive              move to ERROR, flush
 *   FlushSendStress           post a send, ring           move to ERROR, flush
 *   FlushDeliverStress        post receives, deliver      move to ERROR, flush
 * </pre>
 *
 * <p>Constructors of states take no lock: the locks are biased to the thread that takes them first, which must be the
 * actor. States lie on the heap ({@link io.rnic.emu.stress.Rig#block}), so that the collector clears them away.
 */
@NullMarked
package io.rnic.emu.stress;

import org.jspecify.annotations.NullMarked;
