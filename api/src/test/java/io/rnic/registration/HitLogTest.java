package io.rnic.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the policy is told, and when. */
class HitLogTest {
    @Test
    void shouldTellOfOneThreadsHitsInTheirOrderAndOnce() {
        final HitLog log = new HitLog();
        int added = 0;
        while (!log.add(added)) {
            added++;
        }
        final List<Integer> told = new ArrayList<>();
        log.drain(told::add);
        assertThat(told).isEqualTo(IntStream.rangeClosed(0, added).boxed().toList());
        log.drain(told::add);
        assertThat(told).hasSize(added + 1);
    }

    @Test
    void shouldKeepTheLastOfMoreThanThereIsRoomFor() {
        final HitLog log = new HitLog();
        for (int i = 0; i < 1000; i++) {
            log.add(i);
        }
        final List<Integer> told = new ArrayList<>();
        log.drain(told::add);
        assertThat(told).isNotEmpty().isEqualTo(
            IntStream.range(1000 - told.size(), 1000).boxed().toList());
    }
}
