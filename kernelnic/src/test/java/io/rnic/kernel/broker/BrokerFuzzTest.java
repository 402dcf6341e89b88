package io.rnic.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.emu.queue.Words;
import io.rnic.kernel.broker.KernelProcess.Pair;
import io.rnic.kernel.broker.KernelProcess.Region;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.ReceiveRecord;
import io.rnic.kernel.syscall.SendRecord;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.Opcode;
import io.rnic.verbs.ReceiveRequest;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.SendRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.jspecify.annotations.Nullable;

/** Whatever a process gives the kernel, it gets a result or a well-formed error, and nobody else notices. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrokerFuzzTest {
    private static final int CALLS = 45_000;
    /** The call with the greatest number. */
    private static final int LAST = SystemCall.QUERY_DOMAIN;
    /** One more than the greatest number of a call, and some that are none. */
    private static final int NUMBERS = LAST + 3;
    private static final long[] EXTREMES = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1L << 31, 1L << 40,
        Long.MIN_VALUE,
        Long.MAX_VALUE, 65_536, 65_535, 0x7FFF_FFF8};

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final ArgumentBlock block = new ArgumentBlock();
    private final List<Integer> handles = new ArrayList<>();
    /** Of the last round: a request, who asks for it, a queue pair that can accept it, and where it came in. */
    private int request;
    private int attempt;
    private int free;
    /** Of the window of the last round. */
    private int windowKey;
    private int port;
    private int domain;
    private int shared;
    private final int[] calls = new int[NUMBERS];
    private final int[] successes = new int[NUMBERS];

    @Test
    void shouldAnswerEveryCallAndTouchNobodyElse() {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment ownMemory = arena.allocate(8_192);
            final MemorySegment bystanderMemory = arena.allocate(8_192).fill((byte) 7);
            final Bystander bystander = new Bystander("fuzz", bystanderMemory);
            KernelProcess process = KernelProcess.open("fuzz");
            Region region = new Region(0, 0, 0);
            for (int i = 0; i < CALLS; i++) {
                if (i % 100 == 0) {
                    region = populate(process, ownMemory);
                }
                final int number = random.nextInt(-1, NUMBERS);
                fill(number, random.nextBoolean() ? region : bystander.region);
                final long result = process.kernel.call(number, block, attachment(ownMemory));
                checkAnswer(number, result, "seed " + seed + ", call " + i + ", number " + number);
                if (number == SystemCall.EXIT && result == 0) {
                    process = KernelProcess.open("fuzz");
                }
            }
            assertThat(bystanderMemory.toArray(ValueLayout.JAVA_BYTE)).as("seed %d", seed).containsOnly(7);
            bystander.assertUnharmed();
            for (int number = 1; number < NUMBERS; number++) {
                assertThat(calls[number]).as("calls of %d, seed %d", number, seed).isGreaterThan(CALLS / 100);
                if (number <= LAST && number != SystemCall.EXIT) {
                    assertThat(successes[number]).as("successful calls of %d, seed %d", number, seed).isPositive();
                }
            }
        }
    }

    /** A few objects of each kind, so that some calls go deep. */
    private Region populate(final KernelProcess process, final MemorySegment memory) {
        closeAll(process);
        domain = process.create(SystemCall.ALLOCATE_DOMAIN);
        final int channel = process.create(SystemCall.CREATE_CHANNEL);
        final int queue = process.create(SystemCall.CREATE_COMPLETION_QUEUE, 64, channel);
        final Region region = process.register(domain, memory);
        shared = process.create(SystemCall.CREATE_SHARED_RECEIVE_QUEUE, domain, 64, 4);
        final Pair one = process.createQueuePair(domain, queue);
        final Pair two = process.createQueuePair(domain, queue, shared);
        process.connect(one, two);
        final Pair asking = process.createQueuePair(domain, queue);
        free = process.createQueuePair(domain, queue).handle();
        final int listener = process.listen(0);
        port = process.lastPort;
        attempt = process.connect(asking, port);
        request = process.create(SystemCall.AWAIT_REQUEST, listener, 0);
        final int window = process.create(SystemCall.ALLOCATE_WINDOW, domain);
        windowKey = process.windowKey(window);
        handles.addAll(List.of(window, one.handle(), two.handle(), asking.handle(), free, request, attempt, listener,
            shared, region.handle(), queue, channel, domain));
        return region;
    }

    /** Closes what the last round left, users first. */
    private void closeAll(final KernelProcess process) {
        for (int round = 0; round < 3; round++) {
            handles.removeIf(handle -> process.kernel.call(SystemCall.CLOSE, block.clear().putInt(handle), null) >= 0);
        }
        handles.clear();
    }

    private @Nullable MemorySegment attachment(final MemorySegment memory) {
        return switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 -> MemorySegment.ofArray(new byte[16]);
            case 2 -> memory.asSlice(random.nextInt(8_192));
            case 3 -> MemorySegment.NULL;
            default -> memory;
        };
    }

    private void fill(final int number, final Region region) {
        block.clear();
        switch (random.nextInt(4)) {
            case 0 -> fillWithRubbish();
            case 1 -> fillWithNumbers(number);
            default -> fillPlausibly(number, region);
        }
        if (isWaiting(number)) {
            // Never wait: the second argument is the time.
            block.clear();
            if (number != SystemCall.AWAIT_ASYNC_EVENT) {
                block.putInt(number == SystemCall.AWAIT_CONNECTION ? either(attempt) : handle());
            }
            block.putLong(random.nextBoolean() ? 0 : -1);
        }
        if (number == SystemCall.CREATE_COMPLETION_QUEUE) {
            // Whatever the capacity, no more memory than a test may have.
            block.clear().putLong(random.nextBoolean() ? random.nextInt(-5, 300) : extreme()).putInt(channelOrNone());
        }
    }

    private static boolean isWaiting(final int number) {
        return number == SystemCall.AWAIT_CHANNEL || number == SystemCall.AWAIT_REQUEST
            || number == SystemCall.AWAIT_CONNECTION || number == SystemCall.AWAIT_ASYNC_EVENT;
    }

    private long extreme() {
        return EXTREMES[random.nextInt(7)];
    }

    private int channelOrNone() {
        return random.nextBoolean() ? 0 : handle();
    }

    private int handle() {
        return handles.isEmpty() || random.nextInt(20) == 0 ? random.nextInt()
            : handles.get(random.nextInt(handles.size()));
    }

    private int either(final int known) {
        return random.nextBoolean() ? known : handle();
    }

    private void fillWithRubbish() {
        final byte[] bytes = new byte[random.nextInt(400)];
        random.nextBytes(bytes);
        MemorySegment.copy(bytes, 0, block.segment(), ValueLayout.JAVA_BYTE, block.grow(bytes.length), bytes.length);
    }

    private void fillWithNumbers(final int number) {
        for (int i = random.nextInt(10); i > 0; i--) {
            block.putLong(switch (random.nextInt(4)) {
                case 0 -> handle();
                // No limits of queues near the greatest that are allowed: they take memory.
                case 1 -> number == SystemCall.CREATE_QUEUE_PAIR ? -1 : EXTREMES[random.nextInt(EXTREMES.length)];
                default -> random.nextInt(40);
            });
        }
    }

    private void fillPlausibly(final int number, final Region region) {
        switch (number) {
            case SystemCall.POST_SEND -> fillSends(region);
            case SystemCall.POST_RECEIVE -> fillReceives(handle(), region);
            case SystemCall.POST_SHARED_RECEIVE -> fillReceives(either(shared), region);
            case SystemCall.CREATE_SHARED_RECEIVE_QUEUE ->
                block.putInt(either(domain)).putInt(random.nextInt(-1, 300)).putInt(random.nextInt(20));
            case SystemCall.CREATE_QUEUE_PAIR -> {
                final int queue = handles.isEmpty() ? 0 : handles.get(Math.max(0, handles.size() - 3));
                block.putInt(handles.isEmpty() ? 0 : handles.getLast()).putInt(queue).putInt(queue);
                for (int i = 0; i < 6; i++) {
                    block.putInt(random.nextInt(1, random.nextInt(5) == 0 ? 600 : 17));
                }
                block.putInt(random.nextInt(32)).putInt(random.nextBoolean() ? 0 : either(shared))
                    .putInt(random.nextInt(-1, 20)).putInt(16);
            }
            case SystemCall.LISTEN -> block.putBytes(address()).putInt(anyPort());
            case SystemCall.CONNECT ->
                block.putInt(either(free)).putBytes(address()).putInt(either(port))
                    .putBytes(new byte[random.nextInt(600)]);
            case SystemCall.ACCEPT ->
                block.putInt(either(request)).putInt(either(free)).putBytes(new byte[random.nextInt(600)]);
            case SystemCall.REJECT -> block.putInt(either(request)).putBytes(new byte[random.nextInt(600)]);
            case SystemCall.MODIFY_QUEUE_PAIR -> block.putInt(handle()).putInt(random.nextInt(-1, 8))
                .putInt(random.nextInt(-1, 3)).putInt(random.nextInt(-1, 3));
            case SystemCall.REGISTER_MEMORY -> block.putInt(handle()).putInt(random.nextInt(17));
            default -> block.putInt(handle()).putInt(random.nextInt(-1, 8));
        }
    }

    private byte[] address() {
        return random.nextInt(4) == 0 ? new byte[random.nextInt(20)] : new byte[] {127, 0, 0, 1};
    }

    private int anyPort() {
        return random.nextInt(5) == 0 ? random.nextInt(-1, 70_000) : random.nextInt(49_152, 49_252);
    }

    private void fillSends(final Region region) {
        final int count = random.nextInt(1, 60);
        block.putInt(handle()).putInt(random.nextInt(5) == 0 ? random.nextInt() : count);
        for (int i = 0; i < count; i++) {
            final SendRequest request = new SendRequest();
            final long address = region.address() + random.nextInt(-64, 8_256);
            switch (random.nextInt(9)) {
                case 0 -> request.send(i);
                case 4 -> request.sendWithInvalidate(i, random.nextInt(4) == 0 ? windowKey : key(region));
                case 5 -> request.localInvalidate(i, random.nextInt(9) == 0 ? key(region) : windowKey);
                case 6 -> request.writeWithImmediate(i, address, region.key(), random.nextLong());
                case 7 -> request.start(Opcode.BIND_MEMORY_WINDOW, i, address, windowKey + random.nextInt(3), 0)
                    .operands(random.nextLong(-2, 9_000), random.nextInt(-1, 32));
                case 1 -> request.write(i, address, region.key());
                case 2 -> request.fetchAndAdd(i, address, region.key(), random.nextLong());
                case 3 -> request.compareAndSwap(i, address, region.key(), random.nextInt(2), random.nextLong());
                default -> request.read(i, address, region.key());
            }
            request.solicited(random.nextInt(9) == 0).fenced(random.nextInt(9) == 0);
            if (request.opcode() == Opcode.BIND_MEMORY_WINDOW && random.nextBoolean()) {
                request.sge(0, 0, key(region));
            } else if (random.nextInt(3) == 0 && request.opcode() != Opcode.LOCAL_INVALIDATE) {
                request.inline(MemorySegment.ofArray(new byte[80]), 0, random.nextInt(-1, 90));
            } else if (request.opcode() != Opcode.LOCAL_INVALIDATE || random.nextInt(4) == 0) {
                request.sge(region.address() + random.nextInt(-8, 8_200),
                    random.nextInt(4) == 0 ? 8 : random.nextInt(-2, 9_000), key(region));
            }
            SendRecord.write(block, request.signalled(random.nextBoolean()), 16, 512);
        }
        corruptSometimes();
    }

    private void fillReceives(final int queue, final Region region) {
        final int count = random.nextInt(1, 60);
        block.putInt(queue).putInt(random.nextInt(5) == 0 ? random.nextInt() : count);
        for (int i = 0; i < count; i++) {
            ReceiveRecord.write(block, new ReceiveRequest().receive(i)
                .sge(region.address() + random.nextInt(-8, 8_200), random.nextInt(-2, 9_000), key(region)), 16);
        }
        corruptSometimes();
    }

    private int key(final Region region) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> random.nextInt();
            default -> region.key();
        };
    }

    /** Overwrites an int behind the handle. */
    private void corruptSometimes() {
        final int length = ArgumentBlock.BYTES - block.room();
        if (random.nextInt(3) == 0) {
            Words.putInt(block.address() + random.nextInt(8, length - 4) & ~3, random.nextInt());
        }
    }

    private void checkAnswer(final int number, final long result, final String when) {
        if (number >= 0) {
            calls[number]++;
        }
        if (result >= 0) {
            if (number >= 0) {
                successes[number]++;
            }
            if (isCreating(number) && result > 0) {
                handles.addFirst((int) result);
            }
            return;
        }
        assertThat(result).as(when).isEqualTo(SystemCall.FAILED);
        final String name = block.getText();
        assertThat(RnicError.values()).as(when).extracting(RnicError::name).contains(name);
        assertThat(block.getText()).as(when).isNotBlank();
        assertThat(new String(block.getBytes(), StandardCharsets.ISO_8859_1)).as(when).hasSizeLessThan(600);
    }

    private static boolean isCreating(final int number) {
        return switch (number) {
            case SystemCall.ALLOCATE_DOMAIN, SystemCall.REGISTER_MEMORY, SystemCall.CREATE_CHANNEL,
                SystemCall.ALLOCATE_WINDOW,
                SystemCall.CREATE_COMPLETION_QUEUE, SystemCall.CREATE_QUEUE_PAIR, SystemCall.LISTEN,
                SystemCall.CREATE_SHARED_RECEIVE_QUEUE,
                SystemCall.AWAIT_REQUEST, SystemCall.CONNECT -> true;
            default -> false;
        };
    }
}
