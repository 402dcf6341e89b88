package io.rnic.differential;

import io.rnic.verbs.Access;
import io.rnic.verbs.QueuePairState;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of a program. Objects are named by slots (nic 0, domain d1, queue c2, queue pair q3, region r4, memory m5,
 * shared receive queue s6, memory window w7); a call on an empty slot, or one that makes an object in a slot that has
 * an open one, does nothing: so any part of a program is a program.
 */
sealed interface Call {
    record AllocateDomain(int domain, int nic) implements Call {
        @Override
        public String toString() {
            return "d" + domain + " = nic" + nic + ".allocateProtectionDomain()";
        }
    }

    record CloseDomain(int domain) implements Call {
        @Override
        public String toString() {
            return "d" + domain + ".close()";
        }
    }

    record CreateCompletionQueue(int queue, int nic, int capacity) implements Call {
        @Override
        public String toString() {
            return "c" + queue + " = nic" + nic + ".createCompletionQueue(" + capacity + ")";
        }
    }

    record CloseCompletionQueue(int queue) implements Call {
        @Override
        public String toString() {
            return "c" + queue + ".close()";
        }
    }

    record Resize(int queue, int capacity) implements Call {
        @Override
        public String toString() {
            return "c" + queue + ".resize(" + capacity + ")";
        }
    }

    record AllocateWindow(int window, int domain) implements Call {
        @Override
        public String toString() {
            return "w" + window + " = d" + domain + ".allocateMemoryWindow()";
        }
    }

    record CloseWindow(int window) implements Call {
        @Override
        public String toString() {
            return "w" + window + ".close()";
        }
    }

    /** The access is bits of {@link Access}. */
    record Register(int region, int domain, int memory, int offset, int length, int access) implements Call {
        @Override
        public String toString() {
            return "r" + region + " = d" + domain + ".registerMemory(m" + memory + "+" + offset + ", " + length
                + " bytes, " + names(access) + ")";
        }
    }

    record Reregister(int region, int access) implements Call {
        @Override
        public String toString() {
            return "r" + region + ".reregister(" + names(access) + ")";
        }
    }

    record Deregister(int region) implements Call {
        @Override
        public String toString() {
            return "r" + region + ".close()";
        }
    }

    /** Closes the arena of a memory, registered or not. */
    record CloseArena(int memory) implements Call {
        @Override
        public String toString() {
            return "m" + memory + ".arena.close()";
        }
    }

    /** What the application writes itself. */
    record Fill(int memory, int offset, int length, int value) implements Call {
        @Override
        public String toString() {
            return "m" + memory + ".fill(" + offset + ", " + length + " bytes, " + value + ")";
        }
    }

    record CreateShared(int shared, int domain, int receives, int sges) implements Call {
        @Override
        public String toString() {
            return "s" + shared + " = d" + domain + ".createSharedReceiveQueue(" + receives + ", " + sges + ")";
        }
    }

    record CloseShared(int shared) implements Call {
        @Override
        public String toString() {
            return "s" + shared + ".close()";
        }
    }

    record ArmLimit(int shared, int limit) implements Call {
        @Override
        public String toString() {
            return "s" + shared + ".armLimit(" + limit + ")";
        }
    }

    record PostShared(int shared, List<Request.Receive> requests) implements Call {
        @Override
        public String toString() {
            return "s" + shared + ".postReceive" + requests;
        }
    }

    /** Its shared receive queue is {@link #OWN} for none. */
    record CreateQueuePair(int queuePair, int domain, int sendQueue, int receiveQueue, int shared, Limits limits)
        implements Call {
        static final int OWN = -1;

        @Override
        public String toString() {
            return "q" + queuePair + " = d" + domain + ".createQueuePair(c" + sendQueue + ", c" + receiveQueue + ", "
                + (shared == OWN ? "" : "s" + shared + ", ") + limits + ")";
        }
    }

    /** What a queue pair is created with; the access is bits of {@link Access}. */
    record Limits(int sends, int receives, int sendSges, int receiveSges, int inline, boolean signalAll, int access,
        int ord, int ird) {
        @Override
        public String toString() {
            return sends + "+" + receives + " requests, " + sendSges + "+" + receiveSges + " pieces, " + inline
                + " inline" + (signalAll ? ", signal all" : "") + ", reads " + ord + "/" + ird + ", for "
                + names(access);
        }
    }

    record CloseQueuePair(int queuePair) implements Call {
        @Override
        public String toString() {
            return "q" + queuePair + ".close()";
        }
    }

    /** Asks, and lets the other accept; rejects if accepting is refused. Private data goes both ways. */
    record Connect(int client, int server, int privateBytes) implements Call {
        @Override
        public String toString() {
            return "q" + client + ".connect(q" + server + ", " + privateBytes + " private bytes)";
        }
    }

    record Disconnect(int queuePair) implements Call {
        @Override
        public String toString() {
            return "q" + queuePair + ".disconnect()";
        }
    }

    record Modify(int queuePair, QueuePairState target) implements Call {
        @Override
        public String toString() {
            return "q" + queuePair + ".modify(" + target + ")";
        }
    }

    record ChangeReads(int queuePair, int ord, int ird) implements Call {
        @Override
        public String toString() {
            return "q" + queuePair + ".modify(reads " + ord + "/" + ird + ")";
        }
    }

    record PostSend(int queuePair, List<Request.Send> requests) implements Call {
        @Override
        public String toString() {
            return "q" + queuePair + ".postSend" + requests;
        }
    }

    record PostReceive(int queuePair, List<Request.Receive> requests) implements Call {
        @Override
        public String toString() {
            return "q" + queuePair + ".postReceive" + requests;
        }
    }

    /** Polls once; a limit of {@link #ALL} polls until nothing comes. */
    record Poll(int queue, int limit) implements Call {
        static final int ALL = Integer.MAX_VALUE;

        @Override
        public String toString() {
            return "c" + queue + ".poll(" + (limit == ALL ? "all" : String.valueOf(limit)) + ")";
        }
    }

    /** The flags that the bits stand for. */
    static List<Access> names(final int access) {
        final List<Access> names = new ArrayList<>();
        for (final Access flag : Access.values()) {
            if ((access & flag.bit()) != 0) {
                names.add(flag);
            }
        }
        return names;
    }
}
