package io.rnic.bench.regcache;

/**
 * A part of a sweep.
 *
 * @param index which, from 1
 * @param count of how many
 */
record Shard(int index, int count) {
    static final Shard ALL = new Shard(1, 1);

    /**
     * Reads {@code i/n}.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Shard parse(final String text) {
        if (text.matches("[0-9]{1,4}/[0-9]{1,4}")) {
            final int slash = text.indexOf('/');
            final Shard shard = new Shard(Integer.parseInt(text.substring(0, slash)),
                Integer.parseInt(text.substring(slash + 1)));
            if (shard.index >= 1 && shard.index <= shard.count) {
                return shard;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no part of a sweep; allowed: i/n, with i from 1 to n and"
            + " n up to 9999");
    }

    @Override
    public String toString() {
        return index + "/" + count;
    }

    /** True if it has the cell of that number, from 0. */
    boolean has(final int cell) {
        return cell % count == index - 1;
    }
}
