package io.rnic.differential;

import io.rnic.testing.CompletedRequest;
import io.rnic.testing.Completions;
import io.rnic.testing.ConnectedPair;
import io.rnic.verbs.Access;
import io.rnic.verbs.AsyncEvent;
import io.rnic.verbs.CompletionQueue;
import io.rnic.verbs.ConnectionAttempt;
import io.rnic.verbs.ConnectionRequest;
import io.rnic.verbs.Listener;
import io.rnic.verbs.MemoryRegion;
import io.rnic.verbs.MemoryWindow;
import io.rnic.verbs.PostException;
import io.rnic.verbs.ProtectionDomain;
import io.rnic.verbs.QueuePair;
import io.rnic.verbs.QueuePairAttributes;
import io.rnic.verbs.QueuePairChange;
import io.rnic.verbs.QueuePairOptions;
import io.rnic.verbs.QueuePairState;
import io.rnic.verbs.RejectedException;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import io.rnic.verbs.SharedReceiveQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Runs programs through a front end: two opened NICs of a device, and memory that all programs use in turn. */
final class Machine implements AutoCloseable {
    static final int NICS = 2;
    /** What a completion queue is created for that is not to overrun: more than a program posts. */
    static final int COMPLETIONS = 1024;
    /** Slots for objects of each kind. */
    static final int SLOTS = 8;
    /** Bytes of a memory; regions leave a margin on both sides, in which nothing may ever change. */
    static final int MEMORY_BYTES = 1024;
    static final int MARGIN = 256;
    /** Of a completion that tells of no STag made invalid; else there is what {@link #stagSlot} says. */
    static final int NO_STAG = -1;
    private static final int UNKNOWN_STAG = -2;
    /** What is done for one queue pair may ring for another. */
    private static final int ROUNDS = 3;
    private static final int WINDOWS_FROM = 100;
    /** No multiple of the slots, nor a part of them: each of them gets its turn. */
    private static final int QUERIES_FOR_A_CHECK = 7;

    /** In DEDICATED: its requests are done when all that was posted before is. */
    private final @Nullable ConnectedPair last;

    private static final AtomicInteger DEVICES = new AtomicInteger();

    private final Rnic[] nics = new Rnic[NICS];
    private final Listener[] listeners = new Listener[NICS];
    private final Arena[] arenas = new Arena[SLOTS];
    private final MemorySegment[] memories = new MemorySegment[SLOTS];
    private final @Nullable ProtectionDomain[] domains = new ProtectionDomain[SLOTS];
    private final int[] nicOfDomain = new int[SLOTS];
    private final @Nullable CompletionQueue[] queues = new CompletionQueue[SLOTS];
    private final @Nullable MemoryRegion[] regions = new MemoryRegion[SLOTS];
    private final @Nullable MemoryWindow[] windows = new MemoryWindow[SLOTS];
    private final int[] firstWindowKeys = new int[SLOTS];
    private final int[] lastWindowKeys = new int[SLOTS];
    private final MachinePosting posting = new MachinePosting(regions, this::windowKey);
    private final @Nullable SharedReceiveQueue[] shared = new SharedReceiveQueue[SLOTS];
    private final @Nullable QueuePair[] queuePairs = new QueuePair[SLOTS];
    private final int[] nicOfQueuePair = new int[SLOTS];
    /** Slots of objects that are open: a slot keeps an object that was closed, to be used after that. */
    private final Set<Place> open = new HashSet<>();
    private final Map<Integer, Integer> slotOfNumber = new HashMap<>();
    private final Map<Integer, Integer> slotOfStag = new HashMap<>();
    /** Of windows, by what stays of their keys. */
    private final Map<Integer, Integer> slotOfIndex = new HashMap<>();
    private final @Nullable String[] told = new String[SLOTS];
    private long queries;

    private enum Kind {
        DOMAIN, QUEUE, REGION, WINDOW, SHARED, QUEUE_PAIR
    }

    private record Place(Kind kind, int slot) {
    }

    /** A machine on a device by its name, which others may use too. */
    Machine(final RnicOptions options, final String device) throws InterruptedException {
        // Each call is followed by dozens that ask how all stands: what a crossing takes, a program does not see.
        final RnicOptions own = options.with("device", device).with("pinning", "accounted").with("crossing", "none")
            .with("maxQueuePairs", "256").with("maxMemoryRegions", "1024");
        for (int i = 0; i < NICS; i++) {
            nics[i] = Rnic.open(own);
            listeners[i] = nics[i].listen(ConnectedPair.anyPort());
        }
        for (int i = 0; i < SLOTS; i++) {
            allocate(i);
        }
        last = "dedicated".equals(options.effective().get("threading")) ? ConnectedPair.open(own) : null;
    }

    /** Returns when the NIC has done what it was given: its thread takes queue pairs by turns. */
    void settle() {
        if (last != null) {
            for (int i = 0; i < ROUNDS; i++) {
                last.client().awaitPlaced();
            }
        }
    }

    @SuppressWarnings("MustBeClosed") // closed with the machine, or by a program
    private void allocate(final int memory) {
        arenas[memory] = lasts(memory) ? Arena.ofAuto() : Arena.ofShared();
        memories[memory] = arenas[memory].allocate(MEMORY_BYTES, 64);
    }

    /** Whether a memory is one that nobody can close: short messages go from and to it by addresses. */
    static boolean lasts(final int memory) {
        return memory % 2 == 0;
    }

    /** A name that no device has had. */
    static String newDevice() {
        return "differential-" + DEVICES.incrementAndGet();
    }

    boolean isAlive(final int memory) {
        return arenas[memory].scope().isAlive();
    }

    MemorySegment memory(final int memory) {
        return memories[memory];
    }

    Outcome run(final Call call) throws InterruptedException {
        try {
            return call instanceof Call.Poll poll ? poll(poll) : Outcome.of(perform(call));
        } catch (final PostException e) {
            return Outcome.of(e.error() + " at " + e.index());
        } catch (final RnicException e) {
            return Outcome.of(e.error().name());
        }
    }

    private String perform(final Call call) throws InterruptedException {
        return switch (call) {
            case Call.AllocateDomain c -> allocateDomain(c);
            case Call.CloseDomain c -> close(Kind.DOMAIN, c.domain(), domains[c.domain()]);
            case Call.CreateCompletionQueue c -> createQueue(c);
            case Call.CloseCompletionQueue c -> close(Kind.QUEUE, c.queue(), queues[c.queue()]);
            case Call.Resize c -> with(queues[c.queue()], queue -> queue.resize(c.capacity()));
            case Call.AllocateWindow c -> allocateWindow(c);
            case Call.CloseWindow c -> close(Kind.WINDOW, c.window(), windows[c.window()]);
            case Call.Register c -> register(c);
            case Call.Reregister c ->
                with(regions[c.region()], region -> region.reregister(flags(c.access())));
            case Call.Deregister c -> close(Kind.REGION, c.region(), regions[c.region()]);
            case Call.CloseArena c -> closeArena(c.memory());
            case Call.Fill c -> fill(c);
            case Call.CreateShared c -> createShared(c);
            case Call.CloseShared c -> close(Kind.SHARED, c.shared(), shared[c.shared()]);
            case Call.ArmLimit c -> with(shared[c.shared()], queue -> queue.armLimit(c.limit()));
            case Call.PostShared c -> with(shared[c.shared()], queue -> posting.receive(queue, c.requests()));
            case Call.CreateQueuePair c -> createQueuePair(c);
            case Call.CloseQueuePair c -> close(Kind.QUEUE_PAIR, c.queuePair(), queuePairs[c.queuePair()]);
            case Call.Connect c -> connect(c);
            case Call.Disconnect c -> with(queuePairs[c.queuePair()], QueuePair::disconnect);
            case Call.Modify c -> with(queuePairs[c.queuePair()], queuePair -> queuePair.modify(c.target()));
            case Call.ChangeReads c ->
                with(queuePairs[c.queuePair()], queuePair -> queuePair.modify(QueuePairChange.reads(c.ord(), c.ird())));
            case Call.PostSend c ->
                with(queuePairs[c.queuePair()], queuePair -> posting.send(queuePair, c.requests()));
            case Call.PostReceive c ->
                with(queuePairs[c.queuePair()], queuePair -> posting.receive(queuePair, c.requests()));
            case Call.Poll c -> throw new IllegalStateException(c.toString());
        };
    }

    private interface Use<T> {
        void of(T object);
    }

    private static <T> String with(final @Nullable T object, final Use<T> use) {
        if (object == null) {
            return Outcome.NOTHING;
        }
        use.of(object);
        return Outcome.OK;
    }

    private boolean isOpen(final Kind kind, final int slot) {
        return open.contains(new Place(kind, slot));
    }

    private String close(final Kind kind, final int slot, final @Nullable AutoCloseable object) {
        if (object == null) {
            return Outcome.NOTHING;
        }
        try {
            object.close();
        } catch (final RnicException e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
        open.remove(new Place(kind, slot));
        return Outcome.OK;
    }

    private String made(final Kind kind, final int slot) {
        open.add(new Place(kind, slot));
        return Outcome.OK;
    }

    private String allocateDomain(final Call.AllocateDomain call) {
        if (isOpen(Kind.DOMAIN, call.domain())) {
            return Outcome.NOTHING;
        }
        domains[call.domain()] = nics[call.nic()].allocateProtectionDomain();
        nicOfDomain[call.domain()] = call.nic();
        return made(Kind.DOMAIN, call.domain());
    }

    private String createQueue(final Call.CreateCompletionQueue call) {
        if (isOpen(Kind.QUEUE, call.queue())) {
            return Outcome.NOTHING;
        }
        queues[call.queue()] = nics[call.nic()].createCompletionQueue(call.capacity());
        return made(Kind.QUEUE, call.queue());
    }

    private String register(final Call.Register call) {
        final ProtectionDomain domain = domains[call.domain()];
        if (domain == null || isOpen(Kind.REGION, call.region())) {
            return Outcome.NOTHING;
        }
        regions[call.region()] = domain.registerMemory(
            memories[call.memory()].asSlice(call.offset(), call.length()),
            flags(call.access()));
        slotOfStag.put(regions[call.region()].rkey(), call.region());
        return made(Kind.REGION, call.region());
    }

    private String allocateWindow(final Call.AllocateWindow call) {
        final ProtectionDomain domain = domains[call.domain()];
        if (domain == null || isOpen(Kind.WINDOW, call.window())) {
            return Outcome.NOTHING;
        }
        final MemoryWindow made = domain.allocateMemoryWindow();
        windows[call.window()] = made;
        firstWindowKeys[call.window()] = made.rkey();
        slotOfIndex.put(made.rkey() >>> 8, call.window());
        return made(Kind.WINDOW, call.window());
    }

    /** The key of a window, of one that is closed its last, of one that never was an unknown one. */
    private int windowKey(final int slot) {
        final MemoryWindow window = windows[slot];
        if (window == null) {
            return MachinePosting.UNKNOWN_KEY;
        }
        if (isOpen(Kind.WINDOW, slot)) {
            lastWindowKeys[slot] = window.rkey();
        }
        return lastWindowKeys[slot];
    }

    /** How a completion is told that says that an STag was made invalid: a region's slot, or a window's from 100 on. */
    static int stagSlot(final Request.Key key) {
        return key.kind() == Request.KeyKind.WINDOW ? WINDOWS_FROM + key.slot() : key.slot();
    }

    private int stagSlot(final int stag) {
        final Integer region = slotOfStag.get(stag);
        return region != null ? region
            : WINDOWS_FROM + slotOfIndex.getOrDefault(stag >>> 8, UNKNOWN_STAG - WINDOWS_FROM);
    }

    private static Access[] flags(final int access) {
        return Call.names(access).toArray(new Access[0]);
    }

    private String closeArena(final int memory) {
        if (lasts(memory) || !isAlive(memory)) {
            return Outcome.NOTHING;
        }
        arenas[memory].close();
        return Outcome.OK;
    }

    private String fill(final Call.Fill call) {
        if (!isAlive(call.memory())) {
            return Outcome.NOTHING;
        }
        memories[call.memory()].asSlice(call.offset(), call.length()).fill((byte) call.value());
        return Outcome.OK;
    }

    private String createShared(final Call.CreateShared call) {
        final ProtectionDomain domain = domains[call.domain()];
        if (domain == null || isOpen(Kind.SHARED, call.shared())) {
            return Outcome.NOTHING;
        }
        shared[call.shared()] = domain.createSharedReceiveQueue(call.receives(), call.sges());
        return made(Kind.SHARED, call.shared());
    }

    private String createQueuePair(final Call.CreateQueuePair call) {
        final ProtectionDomain domain = domains[call.domain()];
        final CompletionQueue send = queues[call.sendQueue()];
        final CompletionQueue receive = queues[call.receiveQueue()];
        if (domain == null || send == null || receive == null || isOpen(Kind.QUEUE_PAIR, call.queuePair())) {
            return Outcome.NOTHING;
        }
        final SharedReceiveQueue taken = call.shared() == Call.CreateQueuePair.OWN ? null : shared[call.shared()];
        final Call.Limits limits = call.limits();
        final QueuePairOptions options = QueuePairOptions.of(send, receive)
            .withRequests(limits.sends(), limits.receives()).withSges(limits.sendSges(), limits.receiveSges())
            .withInlineBytes(limits.inline()).withSignalAll(limits.signalAll()).withAccess(flags(limits.access()))
            .withReads(limits.ord(), limits.ird());
        final QueuePair made =
            domain.createQueuePair(taken == null ? options : options.withSharedReceiveQueue(taken));
        queuePairs[call.queuePair()] = made;
        nicOfQueuePair[call.queuePair()] = nicOfDomain[call.domain()];
        slotOfNumber.put(made.number(), call.queuePair());
        return made(Kind.QUEUE_PAIR, call.queuePair());
    }

    private String connect(final Call.Connect call) throws InterruptedException {
        final QueuePair client = queuePairs[call.client()];
        final QueuePair server = queuePairs[call.server()];
        if (client == null || server == null) {
            return Outcome.NOTHING;
        }
        final Listener listener = listeners[nicOfQueuePair[call.server()]];
        final byte[] asked = new byte[call.privateBytes()];
        Arrays.fill(asked, (byte) 1);
        try (ConnectionAttempt attempt = client.beginConnect(listener.address(), asked)) {
            final ConnectionRequest request = Objects.requireNonNull(listener.await(Completions.PATIENCE));
            final byte[] answer = request.privateData();
            Arrays.fill(answer, (byte) 2);
            try {
                request.accept(server, answer);
            } catch (final RnicException e) {
                request.reject(answer);
                return e.error() + " of accept" + (hasRejected(attempt, answer) ? "" : ", and the rejection is lost");
            }
            return Arrays.equals(answer, attempt.await(Completions.PATIENCE))
                && answer.length == asked.length ? Outcome.OK : "private data differs";
        }
    }

    private static boolean hasRejected(final ConnectionAttempt attempt, final byte[] answer)
        throws InterruptedException {
        try {
            attempt.await(Completions.PATIENCE);
            return false;
        } catch (final RejectedException e) {
            return Arrays.equals(answer, e.privateData());
        }
    }

    private Outcome poll(final Call.Poll call) {
        final CompletionQueue queue = queues[call.queue()];
        if (queue == null) {
            return Outcome.of(Outcome.NOTHING);
        }
        final List<CompletedRequest> completed = new ArrayList<>();
        String result = Outcome.OK;
        try {
            int polled = 1;
            while (polled > 0) {
                polled = queue.poll(completion -> completed.add(CompletedRequest.of(completion)), call.limit());
                polled = call.limit() == Call.Poll.ALL ? polled : 0;
            }
        } catch (final RnicException e) {
            result = e.error().name();
        }
        completed.replaceAll(done -> new CompletedRequest(done.wrId(), done.status(), done.opcode(),
            done.byteLength(), slotOfNumber.getOrDefault(done.queuePairNumber(), -1), done.vendorError(),
            done.hasImmediateData(), done.immediateData(), done.invalidatedStag() == 0 ? NO_STAG
            : stagSlot(done.invalidatedStag())));
        return new Outcome(result, completed);
    }

    /** What a shared receive queue says of itself, null if there is none open in its slot. */
    @Nullable String observeShared(final int slot) {
        final SharedReceiveQueue queue = shared[slot];
        return queue == null || !isOpen(Kind.SHARED, slot) ? null
            : queue.query().waiting() + " waiting, space for " + queue.space() + ", limit " + queue.query().limit();
    }

    /** How often a memory window got another key, null if there is none open in its slot. */
    @Nullable String observeWindow(final int slot) {
        return isOpen(Kind.WINDOW, slot) ? "key " + ((windowKey(slot) - firstWindowKeys[slot]) & 0xFF) : null;
    }

    /** The asynchronous events that came, as {@link ModelEvents} tells them. */
    String takeEvents() throws InterruptedException {
        final ModelEvents came = new ModelEvents();
        for (final Rnic nic : nics) {
            for (AsyncEvent next = nic.awaitAsyncEvent(Duration.ZERO); next != null;
                next = nic.awaitAsyncEvent(Duration.ZERO)) {
                came.add(name(next.object()), next.type());
            }
        }
        return came.take();
    }

    private String name(final Object object) {
        final int queuePair = Arrays.asList(queuePairs).indexOf(object);
        final int queue = Arrays.asList(queues).indexOf(object);
        return queuePair >= 0 ? "q" + queuePair : queue >= 0 ? "c" + queue
            : "s" + Arrays.asList(shared).indexOf(object);
    }

    /**
     * What a queue pair says of itself, null if its slot is empty. A query tells all of it; what it says when it is
     * asked for one thing at a time is held against that when the query tells something else than before, and else
     * once in so many queries, for those are many.
     */
    @Nullable String observe(final int slot) {
        final QueuePair queuePair = queuePairs[slot];
        if (queuePair == null) {
            return null;
        }
        try {
            final QueuePairAttributes now = queuePair.query();
            final String all = tell(now.state(), now.maxSendRequests() - now.outstandingSends(),
                now.maxReceiveRequests() - now.outstandingReceives(), now);
            queries++;
            final boolean isNew = !all.equals(told[slot]);
            told[slot] = all;
            return !isNew && queries % QUERIES_FOR_A_CHECK != 0 ? all
                : tell(queuePair.state(), queuePair.sendSpace(), queuePair.receiveSpace(), now);
        } catch (final RnicException e) {
            return e.error().name();
        }
    }

    private static String tell(
        final QueuePairState state, final int sends, final int receives, final QueuePairAttributes now) {
        return state + ", space for " + sends + "+" + receives + ", reads " + now.ord() + "/" + now.ird();
    }

    /** Closes what the last program has left open, and fills all memory with {@code value}. */
    void clear(final byte value) {
        closeAll(Kind.QUEUE_PAIR, queuePairs);
        closeAll(Kind.SHARED, shared);
        closeAll(Kind.WINDOW, windows);
        closeAll(Kind.REGION, regions);
        closeAll(Kind.QUEUE, queues);
        closeAll(Kind.DOMAIN, domains);
        slotOfNumber.clear();
        slotOfStag.clear();
        slotOfIndex.clear();
        for (int i = 0; i < SLOTS; i++) {
            if (!isAlive(i)) {
                allocate(i);
            }
            memories[i].fill(value);
        }
    }

    private void closeAll(final Kind kind, final @Nullable AutoCloseable[] objects) {
        for (int i = 0; i < SLOTS; i++) {
            if (isOpen(kind, i)) {
                close(kind, i, objects[i]);
            }
            objects[i] = null;
        }
    }

    @Override
    public void close() {
        clear((byte) 0);
        for (int i = 0; i < NICS; i++) {
            listeners[i].close();
        }
        if (last != null) {
            last.close();
        }
        for (final Rnic nic : nics) {
            nic.close();
        }
        for (int i = 0; i < SLOTS; i++) {
            if (!lasts(i)) {
                arenas[i].close();
            }
        }
    }
}
