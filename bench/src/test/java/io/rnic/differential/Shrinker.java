package io.rnic.differential;

import java.util.ArrayList;
import java.util.List;

/** Makes a failing program short: leaves out calls, then requests and pieces, as long as it still fails. */
final class Shrinker {
    /** Runs that it takes at most. */
    private static final int MAX_TRIES = 3000;

    private final Fails fails;
    private int tries;

    /** Whether a program fails. */
    interface Fails {
        boolean test(Program program) throws InterruptedException;
    }

    private Shrinker(final Fails fails) {
        this.fails = fails;
    }

    static Program shrink(final Program program, final Fails fails) throws InterruptedException {
        final Shrinker shrinker = new Shrinker(fails);
        Program best = program;
        int size = Integer.MAX_VALUE;
        while (best.text().length() < size && shrinker.tries < MAX_TRIES) {
            size = best.text().length();
            best = shrinker.withFewerCalls(best);
            best = shrinker.withSimplerCalls(best);
        }
        return best;
    }

    private boolean stillFails(final Program program) throws InterruptedException {
        return tries++ < MAX_TRIES && fails.test(program);
    }

    /** Leaves out runs of calls, from half of all down to single ones. */
    private Program withFewerCalls(final Program program) throws InterruptedException {
        Program best = program;
        for (int run = Math.max(1, program.calls().size() / 2); run > 0; run /= 2) {
            for (int end = best.calls().size(); end > 0; end -= run) {
                final List<Call> fewer = new ArrayList<>(best.calls());
                fewer.subList(Math.max(0, end - run), end).clear();
                final Program candidate = new Program(program.seed(), fewer);
                if (stillFails(candidate)) {
                    best = candidate;
                }
            }
        }
        return best;
    }

    private Program withSimplerCalls(final Program program) throws InterruptedException {
        Program best = program;
        for (int i = 0; i < best.calls().size(); i++) {
            boolean simpler = true;
            while (simpler) {
                simpler = false;
                for (final Call call : simpler(best.calls().get(i))) {
                    final List<Call> calls = new ArrayList<>(best.calls());
                    calls.set(i, call);
                    final Program candidate = new Program(program.seed(), calls);
                    if (stillFails(candidate)) {
                        best = candidate;
                        simpler = true;
                        break;
                    }
                }
            }
        }
        return best;
    }

    private static List<Call> simpler(final Call call) {
        return switch (call) {
            case Call.PostSend c ->
                simplerLists(c.requests(), Shrinker::simpler).stream()
                    .<Call>map(requests -> new Call.PostSend(c.queuePair(), requests)).toList();
            case Call.PostReceive c ->
                simplerLists(c.requests(), Shrinker::simpler).stream()
                    .<Call>map(requests -> new Call.PostReceive(c.queuePair(), requests)).toList();
            case Call.PostShared c ->
                simplerLists(c.requests(), Shrinker::simpler).stream()
                    .<Call>map(requests -> new Call.PostShared(c.shared(), requests)).toList();
            default -> List.of();
        };
    }

    private interface Simplify<T> {
        List<T> of(T element);
    }

    /** Lists of at least one element with one less, and with one simpler. */
    private static <T> List<List<T>> simplerLists(final List<T> list, final Simplify<T> simplify) {
        final List<List<T>> all = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            if (list.size() > 1) {
                final List<T> fewer = new ArrayList<>(list);
                fewer.remove(i);
                all.add(fewer);
            }
            for (final T simpler : simplify.of(list.get(i))) {
                final List<T> other = new ArrayList<>(list);
                other.set(i, simpler);
                all.add(other);
            }
        }
        return all;
    }

    private static List<Request.Send> simpler(final Request.Send send) {
        return simplerLists(send.pieces(), Shrinker::simpler).stream().map(pieces -> new Request.Send(send.opcode(),
            send.wrId(), pieces, send.inline(), send.rkey(), send.remote(), send.operand(), send.comparand(),
            send.signalled())).toList();
    }

    private static List<Request.Receive> simpler(final Request.Receive receive) {
        return simplerLists(receive.pieces(), Shrinker::simpler).stream()
            .map(pieces -> new Request.Receive(receive.wrId(), pieces)).toList();
    }

    private static List<Request.Piece> simpler(final Request.Piece piece) {
        return piece.length() < 2 ? List.of()
            : List.of(new Request.Piece(piece.key(), piece.place(), piece.length() / 2),
                new Request.Piece(piece.key(), piece.place(), piece.length() - 1));
    }
}
