package io.rnic.registration.policy;

import io.rnic.registration.Policy;
import java.util.Arrays;

/** Numbers by rank, the lowest first, and of equal rank the one that was ranked longest ago: a heap in flat arrays. */
final class Ranking {
    private static final int FIRST_NUMBERS = 64;

    private int[] heap = new int[FIRST_NUMBERS];
    private int[] places = new int[FIRST_NUMBERS];
    private double[] ranks = new double[FIRST_NUMBERS];
    private long[] times = new long[FIRST_NUMBERS];
    private int[] passedOver = new int[0];
    private int size;
    private long now;

    Ranking() {
        Arrays.fill(places, Chains.NONE);
    }

    double rank(final int number) {
        return ranks[number];
    }

    /** Ranks a number, anew if it is ranked already. */
    void rank(final int number, final double rank) {
        if (number >= places.length) {
            grow(number);
        }
        ranks[number] = rank;
        times[number] = now++;
        int place = places[number];
        if (place == Chains.NONE) {
            place = size++;
            heap[place] = number;
            places[number] = place;
        }
        settle(place);
    }

    void remove(final int number) {
        final int place = places[number];
        places[number] = Chains.NONE;
        size--;
        if (place < size) {
            heap[place] = heap[size];
            places[heap[place]] = place;
            settle(place);
        }
    }

    /** The lowest that is idle, or {@link Policy#NONE}; those that are in use keep their rank. */
    int lowest(final Policy.Idle idle) {
        int skipped = 0;
        int found = Policy.NONE;
        while (size > 0 && found == Policy.NONE) {
            final int number = heap[0];
            if (idle.test(number)) {
                found = number;
            } else {
                if (skipped == passedOver.length) {
                    passedOver = Arrays.copyOf(passedOver, skipped * 2 + 1);
                }
                passedOver[skipped++] = number;
                remove(number);
            }
        }
        while (skipped > 0) {
            final int number = passedOver[--skipped];
            final int place = size++;
            heap[place] = number;
            places[number] = place;
            settle(place);
        }
        return found;
    }

    private void settle(final int from) {
        int place = from;
        while (place > 0 && isBefore(heap[place], heap[(place - 1) / 2])) {
            swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
        for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], heap[place])) {
                return;
            }
            swap(place, child);
            place = child;
        }
    }

    private boolean isBefore(final int left, final int right) {
        return ranks[left] < ranks[right] || (ranks[left] == ranks[right] && times[left] < times[right]);
    }

    private void swap(final int left, final int right) {
        final int number = heap[left];
        heap[left] = heap[right];
        heap[right] = number;
        places[heap[left]] = left;
        places[number] = right;
    }

    private void grow(final int number) {
        final int old = places.length;
        final int length = Math.max(number + 1, old * 2);
        heap = Arrays.copyOf(heap, length);
        places = Arrays.copyOf(places, length);
        Arrays.fill(places, old, length, Chains.NONE);
        ranks = Arrays.copyOf(ranks, length);
        times = Arrays.copyOf(times, length);
    }
}
