package io.rnic.emu.engine;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a number of queue pairs have done; of one side, what is seldom counted ({@link Flow#seldom}). A side's are
 * written by whoever holds its lock, and read by anyone: a reader may see a count a moment late.
 */
public final class Counters {
    /** Requests that failed, over a stream also those that were done when the peer's Terminate came. */
    long errors;
    long flushed;
    /** Terminates that this side sent. */
    long terminates;
    /** Local invalidations and bindings of windows. */
    long stagChanges;
    long atomics;
    long reads;
    long readBytes;
    long receives;
    long receiveBytes;
    long sends;
    long sendBytes;
    long writes;
    long writeBytes;

    /** Counters at zero. */
    public Counters() {
    }

    /** Adds another's counts to these. */
    public void add(final Counters other) {
        sends += other.sends;
        sendBytes += other.sendBytes;
        writes += other.writes;
        writeBytes += other.writeBytes;
        reads += other.reads;
        readBytes += other.readBytes;
        atomics += other.atomics;
        stagChanges += other.stagChanges;
        receives += other.receives;
        receiveBytes += other.receiveBytes;
        errors += other.errors;
        flushed += other.flushed;
        terminates += other.terminates;
    }

    /** The counts by name, with a prefix. */
    public Map<String, Long> asMap(final String prefix) {
        final Map<String, Long> map = new TreeMap<>();
        map.put(prefix + "sends", sends);
        map.put(prefix + "sendBytes", sendBytes);
        map.put(prefix + "writes", writes);
        map.put(prefix + "writeBytes", writeBytes);
        map.put(prefix + "reads", reads);
        map.put(prefix + "readBytes", readBytes);
        map.put(prefix + "atomics", atomics);
        map.put(prefix + "stagChanges", stagChanges);
        map.put(prefix + "receives", receives);
        map.put(prefix + "receiveBytes", receiveBytes);
        map.put(prefix + "errors", errors);
        map.put(prefix + "flushed", flushed);
        map.put(prefix + "terminates", terminates);
        return map;
    }
}
