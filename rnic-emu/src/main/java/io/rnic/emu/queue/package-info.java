/**
 * The memory in which host and NIC meet, and the host's half of it. No Java object crosses: the host writes slots and
 * counters, the NIC reads them, and the other way round.
 *
 * <pre>
 *   host                      shared memory                          NIC
 *   HostQueuePair
 *     SendQueue     -- slots --&gt; SendSlotLayout                    -&gt; takes in order
 *                   -- count --&gt; DoorbellLayout.SEND_COUNT         -&gt; reads when its copy is used up
 *                   -- words --&gt; Doorbell.push: a request's own, with the ring; no slot
 *                   -- Writes --&gt; PlainRequestLayout: a list of a kernel, with the ring -&gt; takes them from there
 *     ReceiveQueue  -- slots --&gt; ReceiveSlotLayout                 -&gt; takes one a message
 *                   -- count --&gt; DoorbellLayout.RECEIVE_COUNT      -&gt; reads when its copy is used up
 *                   &lt;- state --  DoorbellLayout.STATE              &lt;- the queue pair's state, once for each queue
 *   HostSharedReceives
 *                   -- slots --&gt; SharedReceiveLayout               -&gt; takes one a message of its queue pairs
 *   CompletionReader &lt;- entries - CompletionLayout                 &lt;- CompletionWriter
 *                   -- count --&gt; CompletionLayout.CONSUMED         -&gt; reads when the ring looks full
 * </pre>
 *
 * <p>Events are told apart from that, on the slow path: {@link io.rnic.emu.queue.EventChannel} for completion queues
 * that were armed, {@link io.rnic.emu.queue.AsyncEvents} for what no completion tells.
 *
 * <p>What only one side needs stays private to it: the application's wr_id never leaves the host (a completion names
 * the slot, as hardware does), and the host frees slots by what it polled, not by a counter of the NIC. So on the data
 * path each line is written by one side. A consumer knows a new completion by its phase bit, which changes with every
 * lap; nothing has to be cleared.
 *
 * <p>Lines that go from core to core for a Send of up to {@link
 * io.rnic.emu.queue.CompletionLayout#MAX_PAYLOAD_BYTES} bytes: its completion, which carries it (hardware calls that
 * scatter to CQE), and nothing else, for an application that posts the same receive buffers round and round: a receive
 * slot that would be written as it is stays unwritten, and counts are read when the reader's copy is used up. For a
 * longer one the message's own lines too; for an RDMA Write those alone.
 *
 * <h2>What was tried</h2>
 *
 * <p>On two cores of an AMD EPYC, OpenJDK 25, INVOKER, best of many short runs taken in turns; 'one way' is all that
 * one thread does for a Send of 32 bytes: post, poll, post the receive again.
 *
 * <pre>
 *   kept     completions of 64 bytes with the message inside, state of each writing thread on lines of its own
 *            (a queue pair's two sides, the two halves of a completion queue, locks, counters), one lock for
 *            poster and NIC, slot headers as one word, an STag's entry that is its own window:
 *                                                     one way 117 -&gt; 89 ns, Write 68 -&gt; 40 ns,
 *                                                     round trip of a Send 540 -&gt; 300 ns on near cores
 *   kept     a list from the kernel's argument block straight into slots, not by way of request objects:
 *                                                     98 -&gt; 55 ns a request (with the slots above)
 *   kept     the next completion's line claimed before a Send is even written into its slot ({@link
 *            io.rnic.emu.queue.CompletionWriter#claimNext}), for the reader that polls it has a copy:
 *                                                     round trip of a Send 190 -&gt; 174 ns on near cores, claimed
 *                                                     when its slot is taken; claimed before it is posted
 *                                                     251 -&gt; 241 on near cores, 638 -&gt; 580 to 623 on far ones
 *   kept     that line claimed a second time when the slot is taken: no difference, and one case less
 *   kept     words by their addresses ({@link io.rnic.emu.queue.Words}) in the place of UnsafeBuffer, its checks off:
 *                                                     a Write 25.2 -&gt; 22.9 ns
 *   kept     the region that was found last is looked at before the STag table: a Write 22.9 -&gt; 21.4 ns
 *   kept     a request's first piece in fields and not in arrays, no store of a reference in a poll:
 *                                                     a Write 21.3 -&gt; 19.8 ns, post of a Send 26.1 -&gt; 23.7 ns
 *   kept     messages of up to 16 completions placed under one lock:
 *                                                     push and poll 43 -&gt; 38 ns in batches, single ones 3 ns more
 *   kept     calls inlined deeper than 15 (-XX:MaxInlineLevel=30, in bench/rnic): what the compiler leaves out is
 *            another call in each run.  round trip of a Send 250 to 400 -&gt; 235 to 250 ns on near cores
 *   kept     copies between native segments by themselves ({@link io.rnic.emu.host.SegmentCopy}): where a process has
 *            copied other segments too, the JDK's copy makes virtual calls
 *                                                     a Write in a list, beside 1,000 TCP connections 34 -&gt; 26 ns
 *   kept     a Send and a Write of one piece in methods of their own: a compiler that has seen one of them first leaves
 *            the other out of what it puts together for both. Writes one by one, amid all other tests, twice each:
 *                                                     18.4 and 21.1 -&gt; 24.2 and 24.0 M/s
 *   kept     a stream of Sends in lists of 32, with 4,096 receives and not 512: two threads that are far from each
 *            other in the ring do not wait for the same lines.
 *                                                     Sends 6.5 -&gt; 15 (the ring) -&gt; 19 M/s (lists) on near cores
 *   kept     fewer objects and lines that a post looks at: addresses in the place of objects that hold them, who
 *            delivers looks at the peer's receive side alone, the state beside the counts, an invoker's doorbell that
 *            is the send side itself, counters and positions side by side, one array for what is placed and not three,
 *            the same wr_id not written again. One queue pair busy, then 65,536 in turn:
 *                                                     a Write 43 -&gt; 35 ns, 220 to 280 -&gt; 155 to 175,
 *                                                     a Send 105 -&gt; 87 ns, 600 to 760 -&gt; 420 to 510
 *   kept     sets that have their queue pairs in the order of their creation: a collector lays objects into memory as
 *            it finds them, and what is met in a regular order is fetched beforehand.
 *                                                     65,536 in turn, kernel: a Write 1,100 -&gt; 450 ns,
 *                                                     a Send 2,100 -&gt; 1,200 ns
 *   kept     a message in a completion copied word by word, only the region's side checked ({@link
 *            io.rnic.emu.queue.CarriedMessage}): of the NIC's 489 instructions for a Send 120 were the JDK's copy.
 *            Sends in lists 20.5 to 21.5 -&gt; 25 to 27.5 M/s on near cores, 6.5 -&gt; 8.4 on far ones
 *   kept     what a poll does that finds something in a method of its own: a compiler leaves calls that a spinning
 *            loop comes to once in a hundred rounds out of the loop, one by one.
 *                                                     round trip of a Send 217 to 228 -&gt; 207 to 214 ns near,
 *                                                     620 to 635 -&gt; 575 to 595 far
 *   kept     a side of a queue pair that is its own lock, whose owner's word stands in it, beside what every message
 *            changes; who posts keeps its queue and not the queue pair; a link passed by that only delivers; what queue
 *            pairs have alike in one object; blocks of one size side by side. A Send by 65,536 in turn looks at some 21
 *            lines and not 29, but waits for them one group after the other all the same. Twelve JVMs each, in turns
 *            and on a busy machine, medians and lowest: a Send 647 -&gt; 618 ns, 487 -&gt; 454, a Write 186 -&gt; 189,
 *            159 -&gt; 145; one busy no difference
 *   kept     objects that begin at multiples of 32 bytes (-XX:ObjectAlignmentInBytes, in bench/rnic scale). 65,536
 *            queue pairs in turn, four JVMs each, in turns, with multiples of    8     16     32     64
 *                                                     a Write                  161    104     88    111 ns
 *                                                     a Send                   428    315    277    245 ns
 *                                                     heap of a queue pair   2,385  2,520  2,932  3,764 bytes
 *            and in a busier hour 157, 111 and 114 ns, 519, 325 and 324 ns with 8, 32 and 64. One queue pair alone:
 *            a Write 45.9 -&gt; 42.3 ns, a Send 95.8 -&gt; 91.7. Presumably (the machine counts no misses) because the
 *            objects of one queue pair then lie on their lines more often as those of the next do: a loop in C that
 *            uses five such objects a round took 44 ns with steps of 512 bytes, 100 with steps of 472
 *   kept     8 bytes of a Write as a word, in the place of a call out of compiled code where source and target are in
 *            the same segment: 60 instructions less. Round trip of a Write that is polled for, four JVMs each on a
 *            busy machine, near cores: 208 to 233 -&gt; 187 to 216 ns; for 32 bytes no difference
 *   kept     short Sends of a list delivered in one go, in a loop of their own: the locks of the receives and of the
 *            completion queue taken once, completions of the sender's own behind. 588 -&gt; 440 instructions a Send
 *            of the thread that sends (the one that receives has 460). Sends in lists, in turns with the commit
 *            before: 14 -&gt; 20 M/s on near cores of a busy machine, 23.6 -&gt; 29.9 in its quiet moments, 5 -&gt; 8.7
 *            on far ones
 *   kept     a Send or Write of one piece given to the NIC with the ring itself ({@link
 *            io.rnic.emu.queue.Doorbell#push}) where the thread that rings is the NIC: no slot is written and read, and
 *            nothing asked that other requests need. From the completion that is found to the one that is made 965
 *            -&gt; 830 instructions, from the word that is polled for to the one that is written 408 -&gt; 322.
 *            In turns with the commit before, near cores, on a busy machine and (quiet):
 *                                        round trip of a Send 342 to 414 -&gt; 272 to 299 ns (280 -&gt; 254),
 *                                        of a Write 186 to 212 -&gt; 156 to 179 ns (185 -&gt; 116),
 *                                        Writes one by one 18 -&gt; 23 to 31 M/s, in lists 24 -&gt; 27 to 29,
 *                                        a kernel's lists 13.6 -&gt; 15.4 M/s, 0.7 of the former and no more 0.8
 *   kept     a receive that its slot holds already, of one piece in a region that the host knows, neither checked nor
 *            written again. One thread and 64 queue pairs, three JVMs each: a Send with its receive 137 -&gt; 133 ns,
 *            one busy 112 -&gt; 107
 *   kept     no line claimed within a train, only the one that a list of Sends begins with: a store more for each
 *            message costs more by now than it gives. Two JVMs each on a busy machine: Sends 19.5 to 19.9 -&gt; 20.9
 *            to 21.9 M/s on near cores, 8.5 to 8.7 -&gt; 8.9 to 9.0 on far ones. The same in C, with 25 stores to other
 *            memory for each line that is written: on near cores 27 ns a line, with claims 30; on far ones 83, with
 *            claims 104, with a PREFETCHW four lines ahead 36, but a JVM has no PREFETCHW
 *   kept     a few bytes of memory of Arena.ofAuto ({@link io.rnic.emu.host.LastingMemory}) copied by their
 *            addresses, once the table's entry has been looked at: of a Write's 430 instructions 118 were the JDK's
 *            copy, which asks at each access whether the memory is still there; 29 are left, and of those around it
 *            fewer. Writes one by one 430 -&gt; 381, a kernel's in a list 550 -&gt; 435. In turns with the commit
 *            before, two JVMs each, near cores, on a busy machine and (quiet):
 *                                        Writes in lists 25 -&gt; 33 M/s (41 -&gt; 55), one by one 23 -&gt; 26 (36
 *                                        -&gt; 40), a kernel's lists 15 -&gt; 19 (25 -&gt; 30), Sends 20 -&gt; 23 (30
 *                                        -&gt; 34), round trip of a Write 145 -&gt; 133 ns (113 -&gt; 104)
 *   dropped  copies of those lengths with checks, by words that overlap, all read before any is written: 430 -&gt; 460
 *            instructions, for each access is checked, where the JDK checks once; Writes one by one 30 -&gt; 23 M/s
 *   kept     a kernel's list whose requests of one piece are the queue's where they were copied in ({@link
 *            io.rnic.emu.queue.PlainRequestLayout}), and of which the NIC takes the Writes at the front from there;
 *            their records written in a loop of its own. Of a Write 461 -&gt; 319 instructions: 93 -&gt; 37 to marshal,
 *            110 -&gt; 114 to check, translate and remember, 217 -&gt; 144 the NIC's, the rest the call's and the
 *            test's. In turns with the commit before, two JVMs each, near cores, on a busy machine and (quiet):
 *                                        20 -&gt; 24 M/s (30 -&gt; 36)
 *   kept     a request or receive of a list that its slot was written for before, and that is the same since ({@link
 *            io.rnic.verbs.SendRequest#revision}), neither checked nor written again. Of a stream of Sends 468 -&gt;
 *            319 instructions of the thread that sends, 364 -&gt; 312 of the one that receives, and 34 and 40 -&gt; 39
 *            and 45 M/s on near cores of a quiet machine (two JVMs each)
 *   kept     as many of them as come again one behind the other posted by a loop of their own: 312 -&gt; 273
 *            instructions of the thread that receives, 322 -&gt; 311 of the one that sends. Sends 24 -&gt; 28 M/s on
 *            near cores of a busy machine, 12 -&gt; 16 on far ones (two JVMs each)
 *   dropped  what a slot was written for in an object of its own, which is a call that is not compiled with the rest:
 *            Sends 28 -&gt; 23 M/s
 *   dropped  what was retired when the poster last looked, kept beside what is retired: on the same lines, so it gave
 *            nothing, and with what slots were written for a receive queue was longer than six times 32 bytes, by
 *            65,536 in turn a Send 263 -&gt; 358 ns; without the ring's mask in its place 347 and not 301, for the
 *            length of an array is on another line
 *   dropped  the same for those that are posted alone too: a Send from one request that is set anew each time, with
 *            its receive, 110 -&gt; 122 ns, for more has to be compiled in one piece than the compiler takes
 *   dropped  a completion queue of 16,384 entries for 4,096 receives, whose lines leave the reader's cache before they
 *            are written again: Sends 16.8 -&gt; 18.3 M/s with all lines claimed, 20.3 -&gt; 19.4 without
 *   dropped  the NIC's work entered once for a list of Writes, and their count told at its end: of a list no difference
 *            (29 to 36 M/s, then 28 to 29), of single ones 22.6 -&gt; 20.5
 *   dropped  Writes of a kernel's list in records of five words, known by the first, and not of seven: 15.8 -&gt; 15.5
 *            M/s. Of 63 ns a request 28 are the NIC's, 14 go by with reading, checks and translation, 9 with writing
 *            the record, 6 are the system call
 *   dropped  a record of seven words looked at and passed over in one, and its piece written without a loop: 15.4 and
 *            15.8 -&gt; 14.6 and 15.0 M/s, for the compiler had it so already
 *   dropped  the Sends of a list pushed one by one under the locks of a train, in no slot: 432 -&gt; 404 instructions
 *            of the thread that sends, and no difference: on near cores it waits for the receiver, on far ones for
 *            lines
 *   dropped  the line of a completion claimed before a Send is pushed, and not when it is: round trip, three JVMs each,
 *            302 to 316 -&gt; 318 to 351 ns on near cores
 *   dropped  an entry's control word read once where messages are placed: Sends 19.9 -&gt; 18.6 M/s, there and back 300
 *            -&gt; 315 ns
 *   dropped  the loop of such a list for a Send that is posted alone: round trip 254 -&gt; 259 ns on near cores; for
 *            Writes of a list, which take no such locks: 27.6 to 39.5 M/s, then 26.2 to 38.3, on near cores of a busy
 *            machine
 *   dropped  rings of 16,384 receives: as with 4,096
 *   dropped  one lock for all that a post takes: with none at all a Write 24.3 -&gt; 24.0 ns, a Send 52 -&gt; 49 ns
 *   dropped  short messages copied word by word, both sides checked: one way 89 -&gt; 106 ns; unrolled: Sends 18.1 to
 *            18.8 M/s, their round trip 216 -&gt; 223 ns
 *   dropped  16, 24 or 32 bytes of a Write copied by words too, both sides checked: one by one 33 -&gt; 30 M/s, a
 *            kernel's lists 27 -&gt; 25 (32 alone 34.4, but no length is to be better than the others; 8 bytes are what
 *            peers poll for)
 *   dropped  a single request given to the slot field by field, as lists are: one way 89 -&gt; 94 ns
 *   dropped  a completion's opcode taken from opcode and flags together and not from its own byte:
 *                                                     push and poll 11 -&gt; 13 ns
 *   dropped  a look without locks in a poll that finds nothing: round trip 236 -&gt; 234 ns on near cores
 *   dropped  the lines of more than the next completion claimed in a list, or (before there were trains) only the first
 *            one's: no difference on near cores; 7.5 -&gt; 5.5 to 6.2 M/s on far ones
 *   dropped  a receiver that lets the sender get ahead when it has caught up: 17 -&gt; 17 to 20 M/s (Aeron 24 -&gt; 38)
 *   dropped  a slot read before it is written, or only written where it changes: no difference
 *   dropped  the next completion's line claimed when a message is found by a queue pair that answers each: 211 -&gt;
 *            205 ns on near cores, 590 -&gt; 555 to 570 on far ones, but a poll would have to take the lock of posts
 *   dropped  two or three pauses between two polls, so that a claimed line is not taken back: 218 -&gt; 245, 258 ns
 *            on near cores; on far ones none to four of them, and six: 743 -&gt; 754 to 768 ns, 840
 *            (for a Write that is polled for, where who sees it is the next to write there, two pauses are better than
 *            one: 105 to 160 -&gt; 95 to 103 ns)
 *   dropped  wr_ids written without looking whether they are there already, with 65,536 queue pairs in turn: what is
 *            written goes back to memory too. a Send 317 to 363 -&gt; 358 to 444 ns
 *   dropped  all lines that a post needs looked at when it begins, to wait for them together: with 65,536 in turn 0 to
 *            5 % less, one busy 0 to 3 ns more
 *   dropped  the target of the next receive not looked up again, its message placed and taken in one, without looks
 *            that other requests need (tried without what makes it safe): 119 instructions less from line to line,
 *            round trip of a Send 295 -&gt; 283 ns near, 758 -&gt; 719 far
 *   dropped  a wait of one to seven pauses before the first look behind a post, so that no claimed line is taken back:
 *            255 -&gt; 274 to 362 ns near; with lines claimed when a message is found 315 -&gt; 274, far 610 -&gt; 570
 *   dropped  blocks of 64 KiB copied in pieces of 1 to 32 KiB: 1,680 to 1,720 -&gt; 1,710 to 1,820 ns; by memcpy: 1,900
 *            to 1,970 -&gt; 1,980 to 2,070
 *   dropped  huge pages, for the heap and for the queues, with 65,536 queue pairs all busy: a Write 242 -&gt; 239 ns
 * </pre>
 *
 * <p>What is left: a Send there and back is two lines, one each way. With 32 bytes in each, unchecked, that takes 91 to
 * 116 ns on near cores and 430 to 460 on far ones ({@code bare_rtt} of {@code rnic peers}; one line for both ways: 66
 * to 80, and 310 to 450); Aeron takes 128 to 200, as its JVM has compiled it, and 520 to 630. The rest is work: stepped
 * through with the addresses, the two threads share no line but the completions, and from the completion that one of
 * them finds to the one that it writes there are some 765 instructions, 90 of them the application's; no method has
 * more than a tenth. Nine tenths of Aeron's leave 20 to 80 ns of a round trip for the work on both sides; 119
 * instructions less on each gave 13.
 */
@NullMarked
package io.rnic.emu.queue;

import org.jspecify.annotations.NullMarked;
