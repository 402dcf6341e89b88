package io.rnic.differential;

import io.rnic.differential.Request.KeyKind;
import io.rnic.differential.Request.Piece;
import io.rnic.differential.Request.Place;
import io.rnic.verbs.Access;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.QueuePairState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes a program of a seed. Two worlds of queue pairs (even slots on nic 0, odd ones on nic 1), each with a domain and
 * regions of its own, are set up; then calls follow of which about one in eight is wrong in some way.
 */
final class ProgramGenerator {
    private static final Opcode[] OPCODES = {Opcode.SEND, Opcode.SEND, Opcode.RDMA_WRITE, Opcode.RDMA_WRITE,
        Opcode.RDMA_READ, Opcode.RDMA_READ, Opcode.SEND_WITH_IMMEDIATE, Opcode.RDMA_WRITE_WITH_IMMEDIATE,
        Opcode.ATOMIC_COMPARE_AND_SWAP, Opcode.ATOMIC_FETCH_AND_ADD};
    private static final Opcode[] INVALIDATING = {Opcode.SEND_WITH_INVALIDATE, Opcode.LOCAL_INVALIDATE};
    private static final int WORLDS = 2;
    private static final int QUEUE_PAIRS = 4;
    private static final int REGIONS = 6;
    private static final int WINDOWS = 4;
    private static final int REMOTE =
        Access.bits(Access.REMOTE_READ, Access.REMOTE_WRITE, Access.REMOTE_ATOMIC);
    /** A domain of nic 1 and a region of it that no queue pair of the usual ones may use. */
    private static final int OTHER_DOMAIN = 2;
    private static final int OTHER_REGION = 6;
    private static final int ALL_ACCESS = Access.bits(Access.values());
    private static final int AREA = Machine.MEMORY_BYTES - 2 * Machine.MARGIN;

    private final RandomGenerator random;
    private final List<Call> calls = new ArrayList<>();
    /** How things stand after these calls, about: it decides what is worth a call, not what must come of one. */
    private final Model model = new Model((byte) 0);
    /** How seldom something is wrong: some programs are nearly right, so that they come far. */
    private final int care;
    /** What was last asked for, as far as it may be of use: most calls fit to it. */
    private final Call.@Nullable Register[] regions = new Call.Register[Machine.SLOTS];
    private final Call.Limits[] limits = new Call.Limits[QUEUE_PAIRS];
    private final Request.@Nullable Send[] bindings = new Request.Send[WINDOWS];
    /** Completion queues so small that they overrun; then nothing is shared, and no queue pair is used again. */
    private final boolean tight;
    private long nextWrId;

    private ProgramGenerator(final long seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        care = new int[] {1, 3, 20}[random.nextInt(3)];
        tight = oneIn(20);
    }

    /** The program of that seed: the same wherever it runs. */
    static Program of(final long seed) {
        final ProgramGenerator generator = new ProgramGenerator(seed);
        generator.setUp();
        final int steps = 8 + generator.random.nextInt(40);
        for (int i = 0; i < steps; i++) {
            generator.step();
        }
        for (int i = 0; i < WORLDS; i++) {
            generator.add(new Call.Poll(i, Call.Poll.ALL));
        }
        return new Program(seed, List.copyOf(generator.calls));
    }

    private void setUp() {
        for (int world = 0; world < WORLDS; world++) {
            add(new Call.AllocateDomain(world, world));
            add(createQueue(world));
        }
        for (int region = 0; region < REGIONS; region++) {
            if (!wrong(6)) {
                add(register(region, region % WORLDS));
            }
        }
        if (oneIn(3)) {
            add(new Call.AllocateDomain(OTHER_DOMAIN, 1));
            add(register(OTHER_REGION, OTHER_DOMAIN));
        }
        for (int world = 0; world < WORLDS; world++) {
            if (!tight && oneIn(2)) {
                add(createShared(world));
            }
            if (oneIn(2)) {
                add(new Call.AllocateWindow(world, world));
                add(new Call.AllocateWindow(world + WORLDS, world));
            }
        }
        for (int i = 0; i < QUEUE_PAIRS; i++) {
            add(createQueuePair(i));
        }
        final int partner = oneIn(2) ? 1 : 3;
        add(new Call.Connect(0, partner, random.nextInt(64)));
        add(new Call.Connect(4 - partner, 2, 0));
    }

    private void add(final Call call) {
        calls.add(call);
        model.foresee(call);
    }

    private boolean oneIn(final int odds) {
        return random.nextInt(odds) == 0;
    }

    /** Whether to do something wrong here. */
    private boolean wrong(final int odds) {
        return oneIn(odds * care);
    }

    private <T> T oneOf(final T[] all) {
        return all[random.nextInt(all.length)];
    }

    private int access() {
        return wrong(3) ? random.nextInt(ALL_ACCESS + 1) : oneIn(2) ? Access.LOCAL_WRITE.bit() : ALL_ACCESS;
    }

    private Call.CreateCompletionQueue createQueue(final int world) {
        return new Call.CreateCompletionQueue(
            world, world, tight ? 1 + random.nextInt(20) : wrong(60) ? 0 : Machine.COMPLETIONS);
    }

    private Call.Register register(final int region, final int domain) {
        final int access = access();
        final int memory = wrong(8) ? random.nextInt(Machine.SLOTS) : region;
        final int offset = oneIn(2) ? 0 : random.nextInt(AREA / 2);
        final int length = wrong(30) ? 0 : oneIn(2) ? AREA - offset : 1 + random.nextInt(AREA - offset);
        final Call.Register call =
            new Call.Register(region, domain, memory, Machine.MARGIN + offset, length, access);
        regions[region] = call;
        return call;
    }

    /** One in four takes its receives from the shared queue of its world, which may not be there. */
    private int sharing(final int world) {
        return !tight && oneIn(4) ? wrong(10) ? 1 - world : world : Call.CreateQueuePair.OWN;
    }

    private Call.CreateShared createShared(final int world) {
        return new Call.CreateShared(world, world, wrong(20) ? random.nextInt(2) - 1 : 1 + random.nextInt(20), 4);
    }

    private Call.CreateQueuePair createQueuePair(final int queuePair) {
        final int world = queuePair % WORLDS;
        final boolean odd = wrong(20);
        limits[queuePair] = new Call.Limits(odd ? random.nextInt(3) - 1 : 1 + random.nextInt(oneIn(4) ? 4 : 40),
            1 + random.nextInt(oneIn(4) ? 4 : 40), 1 + random.nextInt(4), 1 + random.nextInt(4),
            oneIn(3) ? 0 : random.nextInt(odd ? 600 : 130), oneIn(4),
            wrong(6) ? random.nextInt(ALL_ACCESS + 1) : ALL_ACCESS, reads(), reads());
        return new Call.CreateQueuePair(queuePair, wrong(40) ? OTHER_DOMAIN : world,
            odd && oneIn(2) ? 1 - world : world, world, sharing(world),
            limits[queuePair]);
    }

    /** Sometimes none at all, so that Reads are refused. */
    private int reads() {
        return wrong(60) ? 129 : oneIn(6) ? random.nextInt(3) : 1 + random.nextInt(20);
    }

    private void step() {
        final int queuePair = random.nextInt(QUEUE_PAIRS);
        if (oneIn(8)) {
            other(queuePair);
        } else if (tight) {
            crowd(queuePair);
        } else {
            usual(queuePair);
        }
    }

    /** What neither posts nor ends anything. */
    private void other(final int queuePair) {
        final int world = queuePair % WORLDS;
        final int window = random.nextInt(WINDOWS);
        switch (random.nextInt(8)) {
            case 0 -> add(new Call.Resize(world, tight ? random.nextInt(24) : wrong(4) ? random.nextInt(2) - 1
                : Machine.COMPLETIONS * (1 + random.nextInt(3))));
            case 1 -> add(new Call.ArmLimit(world, random.nextInt(wrong(4) ? 30 : 6)));
            case 2 -> {
                if (oneIn(4)) {
                    add(new Call.CloseWindow(window));
                }
                add(new Call.AllocateWindow(window, wrong(10) ? OTHER_DOMAIN : window % WORLDS));
            }
            case 3 -> {
                add(new Call.Modify(queuePair, QueuePairState.SQD));
                add(new Call.ChangeReads(queuePair, reads() - 1, reads() - 1));
                add(new Call.Modify(queuePair, QueuePairState.RTS));
            }
            default -> {
                final Request.Send binding = bind(queuePair);
                bindings[binding.rkey().slot()] = binding;
                add(new Call.PostSend(queuePair, List.of(binding)));
            }
        }
    }

    /** A window to a part of a region, or now and then to nothing. */
    private Request.Send bind(final int queuePair) {
        final int world = queuePair % WORLDS;
        final int window = wrong(20) ? random.nextInt(WINDOWS) : world + WORLDS * random.nextInt(WINDOWS / WORLDS);
        final int region = wrong(20) ? random.nextInt(Machine.SLOTS) : region(world, ALL_ACCESS, 1);
        final int length = oneIn(10) ? 0 : length();
        final Request.Key named = wrong(20) ? key(random.nextInt(Machine.SLOTS)) : key(region);
        return new Request.Send(Opcode.BIND_MEMORY_WINDOW, nextWrId++,
            List.of(new Piece(named, new Place(Request.NOWHERE, 0), 0)), null, new Request.Key(KeyKind.WINDOW, window),
            place(region, length), wrong(60) ? -1 : length,
            wrong(20) ? random.nextInt(ALL_ACCESS + 1) : oneIn(2) ? REMOTE : random.nextInt(REMOTE + 1) & REMOTE,
            !oneIn(3));
    }

    /** Nothing that is forgotten unpolled: what that leaves in a full queue is not said. */
    private void crowd(final int queuePair) {
        switch (random.nextInt(4)) {
            case 0 -> add(new Call.Poll(random.nextInt(WORLDS), limit()));
            case 1 -> add(new Call.PostReceive(queuePair, receives(queuePair)));
            default -> {
                final int other = (queuePair + 1) % QUEUE_PAIRS;
                add(new Call.PostReceive(other, receives(other)));
                add(new Call.PostReceive((other + 2) % QUEUE_PAIRS, receives(other)));
                add(new Call.PostSend(queuePair, sends(queuePair)));
            }
        }
    }

    private void usual(final int queuePair) {
        switch (wrong(4) ? 28 + random.nextInt(4) : random.nextInt(28)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8 -> exchange(queuePair);
            case 9, 10, 11 -> add(new Call.PostSend(queuePair, sends(queuePair)));
            case 12, 13, 14 -> add(new Call.PostReceive(queuePair, receives(queuePair)));
            case 15, 16, 17, 18 -> add(new Call.Poll(random.nextInt(WORLDS), limit()));
            case 19 -> {
                add(new Call.Modify(queuePair, QueuePairState.SQD));
                add(new Call.PostSend(queuePair, sends(queuePair)));
                exchange((queuePair + 1) % QUEUE_PAIRS);
                add(new Call.Modify(queuePair, QueuePairState.RTS));
            }
            case 20 -> add(new Call.Fill(random.nextInt(Machine.SLOTS), Machine.MARGIN, AREA,
                random.nextInt(256)));
            case 21, 22 -> {
                final int region = random.nextInt(REGIONS);
                add(oneIn(3) ? new Call.Reregister(region, access()) : new Call.Deregister(region));
                if (!wrong(3)) {
                    add(register(region, wrong(10) ? 1 - region % WORLDS : region % WORLDS));
                }
            }
            case 23 -> {
                if (oneIn(3)) {
                    loseMemory(queuePair);
                }
            }
            case 24, 25, 26, 27 -> recover(queuePair);
            case 28 -> add(new Call.Disconnect(queuePair));
            case 29 -> add(new Call.Modify(queuePair, oneOf(QueuePairState.values())));
            case 30 -> add(new Call.Connect(queuePair, random.nextInt(QUEUE_PAIRS),
                oneIn(8) ? 509 : random.nextInt(508)));
            default -> rare(queuePair);
        }
    }

    private int limit() {
        return oneIn(2) ? Call.Poll.ALL : random.nextInt(16) == 0 ? random.nextInt(2) - 1 : 1 + random.nextInt(8);
    }

    private void rare(final int queuePair) {
        switch (random.nextInt(8)) {
            case 6 -> add(new Call.CloseShared(queuePair % WORLDS));
            case 7 -> add(createShared(queuePair % WORLDS));
            case 0 -> add(new Call.CloseDomain(random.nextInt(OTHER_DOMAIN + 1)));
            case 1 -> add(new Call.CloseCompletionQueue(random.nextInt(WORLDS)));
            case 2 -> add(new Call.CloseArena(random.nextInt(Machine.SLOTS)));
            default -> {
                add(new Call.CloseQueuePair(queuePair));
                if (oneIn(2)) {
                    add(createQueuePair(queuePair));
                    recover(queuePair);
                }
            }
        }
    }

    /** The memory of a receive goes before its message comes. */
    private void loseMemory(final int queuePair) {
        final int other = recover(queuePair);
        final int region = region(other % WORLDS, Access.LOCAL_WRITE.bit(), 1);
        add(new Call.PostReceive(other, List.of(new Request.Receive(nextWrId++,
            List.of(new Piece(key(region), place(region, length()), length()))))));
        add(new Call.CloseArena(region));
        add(new Call.PostSend(queuePair, sends(queuePair)));
    }

    /**
     * Leads a queue pair and one of the other world back to each other, whatever state they are in; returns that one.
     */
    private int recover(final int queuePair) {
        final int other = (queuePair + 1 + 2 * random.nextInt(2)) % QUEUE_PAIRS;
        for (final int each : new int[] {queuePair, other}) {
            add(new Call.Modify(each, QueuePairState.RESET));
            add(new Call.Modify(each, QueuePairState.INIT));
        }
        add(new Call.Connect(queuePair, other, 0));
        return other;
    }

    private boolean isConnected(final int queuePair) {
        return Objects.requireNonNullElse(model.observe(queuePair), "").startsWith(QueuePairState.RTS.name());
    }

    /** Receives on all that might be the peer, so that many Sends arrive. */
    private void exchange(final int queuePair) {
        if (!wrong(4) && !isConnected(queuePair)) {
            recover(queuePair);
        }
        final int other = (queuePair + 1) % QUEUE_PAIRS;
        add(new Call.PostReceive(other, receives(other)));
        add(new Call.PostReceive((other + 2) % QUEUE_PAIRS, receives(other)));
        if (oneIn(2)) {
            add(new Call.PostShared(other % WORLDS, receives(other)));
        }
        add(new Call.PostSend(queuePair, sends(queuePair)));
        if (oneIn(2)) {
            for (int i = 0; i < WORLDS; i++) {
                add(new Call.Poll(i, Call.Poll.ALL));
            }
        }
    }

    private List<Request.Send> sends(final int queuePair) {
        final List<Request.Send> requests = new ArrayList<>();
        for (int i = oneIn(2) ? 1 : 1 + random.nextInt(3); i > 0; i--) {
            requests.add(send(queuePair));
        }
        return requests;
    }

    private Request.Send send(final int queuePair) {
        final Opcode opcode = oneOf(oneIn(12) ? INVALIDATING : OPCODES);
        final Call.Limits known = limits[queuePair];
        final boolean isLocal = opcode == Opcode.LOCAL_INVALIDATE;
        final boolean takes = isAtomic(opcode) || opcode == Opcode.RDMA_READ;
        final boolean inline = (takes || isLocal) ? wrong(40) : known.inline() > 0 ? oneIn(4) : wrong(10);
        final int most = isAtomic(opcode) && !wrong(10) ? Long.BYTES : length();
        final int count = 1 + random.nextInt(wrong(12) ? 4 : takes ? 1 : Math.max(1, known.sendSges()));
        final List<Piece> pieces = (inline || isLocal) && !wrong(20) ? List.of()
            : pieces(queuePair, count, most, takes ? Access.LOCAL_WRITE.bit() : 0);
        final int length = inline ? wrong(20) ? random.nextInt(200) - 40 : Math.min(most, known.inline())
            : (int) Math.max(0, Request.length(pieces));
        final int world = isLocal ? queuePair % WORLDS : (queuePair + 1) % WORLDS;
        final int remote = wrong(12) ? random.nextInt(Machine.SLOTS) : region(world, asked(opcode), length);
        final int window = world + WORLDS * random.nextInt(WINDOWS / WORLDS);
        final boolean byWindow = bindings[window] != null && oneIn(3);
        final Place place = byWindow ? inside(Objects.requireNonNull(bindings[window]), Math.max(0, length))
            : place(remote, Math.max(0, length));
        return new Request.Send(opcode, nextWrId++, pieces,
            inline ? new Request.Inline(length, random.nextInt(256)) : null,
            byWindow ? new Request.Key(wrong(20) ? KeyKind.OLD_WINDOW : KeyKind.WINDOW, window) : key(remote),
            isAtomic(opcode) && !wrong(8) ? aligned(place) : place, number(), number(), !oneIn(3));
    }

    /** Where a window was bound to, as far as it is long enough; now and then beyond. */
    private Place inside(final Request.Send binding, final int length) {
        final int room = (int) Math.max(0, binding.operand()) - length;
        return new Place(binding.remote().region(),
            binding.remote().offset() + (room > 0 ? random.nextInt(room + (oneIn(10) ? 2 : 1)) : 0));
    }

    private static boolean isAtomic(final Opcode opcode) {
        return opcode == Opcode.ATOMIC_COMPARE_AND_SWAP || opcode == Opcode.ATOMIC_FETCH_AND_ADD;
    }

    private static int asked(final Opcode opcode) {
        return switch (opcode) {
            case RDMA_WRITE, RDMA_WRITE_WITH_IMMEDIATE -> Access.REMOTE_WRITE.bit();
            case RDMA_READ, SEND_WITH_INVALIDATE -> Access.REMOTE_READ.bit();
            case ATOMIC_COMPARE_AND_SWAP, ATOMIC_FETCH_AND_ADD -> Access.REMOTE_ATOMIC.bit();
            default -> 0;
        };
    }

    /** So that its address is a multiple of 8, as far as the region's own is known. */
    private Place aligned(final Place place) {
        final Call.Register known = place.region() == Request.NOWHERE ? null : regions[place.region()];
        final long begin = known == null ? 0 : known.offset();
        return new Place(place.region(), ((begin + place.offset()) & -Long.BYTES) - begin);
    }

    /** Often one that is met again: what memory was filled with, or 0. */
    private long number() {
        return oneIn(2) ? 0x5A5A_5A5A_5A5A_5A5AL : oneIn(2) ? 0 : random.nextLong();
    }

    private List<Request.Receive> receives(final int queuePair) {
        final List<Request.Receive> requests = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            final int count = 1 + random.nextInt(wrong(12) ? 4 : limits[queuePair].receiveSges());
            final int bytes = wrong(8) ? length() : 256;
            requests.add(
                new Request.Receive(nextWrId++, pieces(queuePair, count, bytes, Access.LOCAL_WRITE.bit())));
        }
        return requests;
    }

    private int length() {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 30 + random.nextInt(30);
            case 2, 3 -> random.nextInt(256);
            default -> 1 + random.nextInt(40);
        };
    }

    /** A region of a world, as far as one is found that allows it. */
    private int region(final int world, final int access, final int length) {
        int region = world + WORLDS * random.nextInt(REGIONS / WORLDS);
        for (int tries = 0; tries < 2 * REGIONS && !fits(regions[region], access, length); tries++) {
            region = world + WORLDS * random.nextInt(REGIONS / WORLDS);
        }
        return region;
    }

    private static boolean fits(final Call.@Nullable Register region, final int access, final int length) {
        return region != null && (region.access() & access) == access && region.length() >= length;
    }

    /** Pieces of {@code bytes} bytes together. */
    private List<Piece> pieces(final int queuePair, final int count, final int bytes, final int access) {
        final List<Piece> pieces = new ArrayList<>();
        for (int left = count; left > 0; left--) {
            final int length = wrong(100) ? strangeLength() : oneIn(15) ? 0 : bytes / count;
            final int region = wrong(30) ? random.nextInt(Machine.SLOTS)
                : region(queuePair % WORLDS, access, Math.min(length, AREA));
            pieces.add(new Piece(key(region), place(region, Math.max(0, length)), length));
        }
        return pieces;
    }

    private int strangeLength() {
        return oneIn(2) ? -1 - random.nextInt(3) : Integer.MAX_VALUE - random.nextInt(3);
    }

    private Request.Key key(final int region) {
        return wrong(25) ? new Request.Key(oneOf(KeyKind.values()), region % WINDOWS)
            : new Request.Key(KeyKind.OWN, region);
    }

    /** Most often inside the region; sometimes over an edge of it, or nowhere. */
    private Place place(final int region, final int length) {
        final Call.Register known = regions[region];
        final int room = known == null ? AREA : known.length();
        if (!wrong(15)) {
            return new Place(region, random.nextInt(Math.max(1, room - Math.min(length, room) + 1)));
        }
        return switch (random.nextInt(3)) {
            case 0 -> new Place(Request.NOWHERE, -1 - random.nextInt(64));
            case 1 -> new Place(region, -1 - random.nextInt(8));
            default -> new Place(region, room + 1 - random.nextInt(1 + Math.min(length, 64)));
        };
    }
}
