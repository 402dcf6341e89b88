package io.rnic.emu.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A peer may take a while to end its side; when it has, no timer keeps the connection in memory. */
class ChannelOutputTest {
    private static final int STALL_MS = 60_000;
    private static final int BYTES = 100;
    private static final long NONE = -1;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ChannelOutput output = new ChannelOutput(twoWay(), null, () -> { }, STALL_MS, () -> { });

    /** Ends in both directions apart, and as real ones it does not cancel what is scheduled when it is closed. */
    private DuplexChannel twoWay() {
        return (DuplexChannel) Proxy.newProxyInstance(ChannelOutputTest.class.getClassLoader(),
            new Class<?>[] {DuplexChannel.class}, (proxy, method, arguments) -> switch (method.getName()) {
                case "close" -> channel.pipeline().close();
                case "shutdownOutput" -> channel.newSucceededFuture();
                default -> method.invoke(channel, arguments);
            });
    }

    @Test
    void shouldScheduleNothingAnyMoreOnceTheChannelIsClosed() {
        output.finish();
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.runScheduledPendingTasks()).isPositive();
        output.close();
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(NONE);
    }

    @Test
    void shouldScheduleNothingForAChannelThatIsClosedAlready() {
        channel.pipeline().close();
        output.finish();
        output.close();
        channel.runPendingTasks();
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(NONE);
    }

    @Test
    void shouldGiveThePeerItsTimeToEndItsSideOnlyWhenAllHasLeft() {
        final Queue<Runnable> writes = new ArrayDeque<>();
        channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(final ChannelHandlerContext context, final Object bytes, final ChannelPromise promise) {
                writes.add(() -> context.writeAndFlush(bytes, promise));
            }
        });
        channel.freezeTime();
        output.write(Arena.ofAuto().allocate(BYTES), BYTES);
        output.finish();
        channel.runPendingTasks();
        channel.advanceTimeBy(STALL_MS - 1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).as("it may still take what waits").isTrue();
        writes.forEach(Runnable::run);
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(STALL_MS, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).as("it has taken all, and not ended").isFalse();
        channel.releaseOutbound();
    }
}
