package io.rnic.kernel.broker;

import io.rnic.emu.DeviceContext;
import io.rnic.emu.ListenerResource;
import io.rnic.emu.QueuePairResource;
import io.rnic.emu.connection.PendingConnection;
import io.rnic.kernel.policy.ConnectionPolicy.Action;
import io.rnic.kernel.policy.ProcessAccount;
import io.rnic.kernel.syscall.ArgumentBlock;
import io.rnic.kernel.syscall.HandleTable;
import io.rnic.kernel.syscall.SystemCall;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;

/** The system calls that listen, connect and answer. */
final class ConnectionCalls {
    /** A connection that this process asked for. */
    record Attempt(PendingConnection pending) {
    }

    /** A connection that this process is asked for. */
    record Request(PendingConnection pending) {
    }

    private final Broker broker;
    private final DeviceContext context;
    private final ProcessAccount account;
    private final HandleTable handles;
    private final Set<Integer> offered = new HashSet<>();

    ConnectionCalls(
        final Broker broker, final DeviceContext context, final ProcessAccount account, final HandleTable handles) {
        this.broker = broker;
        this.context = context;
        this.account = account;
        this.handles = handles;
    }

    long dispatch(final int number, final ArgumentBlock in, final ArgumentBlock out) throws InterruptedException {
        return switch (number) {
            case SystemCall.LISTEN -> listen(in, out);
            case SystemCall.AWAIT_REQUEST -> awaitRequest(in, out);
            case SystemCall.ACCEPT -> accept(in);
            case SystemCall.REJECT -> reject(in);
            case SystemCall.CONNECT -> connect(in);
            case SystemCall.AWAIT_CONNECTION -> awaitConnection(in, out);
            case SystemCall.DISCONNECT -> disconnect(in);
            default -> throw KernelEntry.unknown(number);
        };
    }

    private long listen(final ArgumentBlock in, final ArgumentBlock out) {
        final InetSocketAddress address = address(in);
        if (address.getPort() != 0) {
            broker.connections().check(account, Action.LISTEN, address.getPort());
        }
        final ListenerResource listener = context.listen(address);
        final int port = listener.listening().address().getPort();
        try {
            broker.connections().check(account, Action.LISTEN, port); // the one that was picked for 0, too
        } catch (final RnicException e) {
            listener.close();
            throw e;
        }
        out.putInt(port);
        return handles.addOrElse(listener, listener::close);
    }

    private long awaitRequest(final ArgumentBlock in, final ArgumentBlock out) throws InterruptedException {
        final PendingConnection pending =
            handles.get(in.getInt(), ListenerResource.class).listening().await(in.getLong());
        if (pending == null) {
            return 0;
        }
        out.putBytes(pending.privateData()).putInt(pending.reads().ord()).putInt(pending.reads().ird());
        final int handle = handles.addOrElse(new Request(pending), () -> pending.reject(new byte[0]));
        synchronized (offered) {
            forgetAbandoned();
            offered.add(handle);
        }
        return handle;
    }

    /** Requests whose asking side gave up, and which nobody answered, would otherwise stay for ever. */
    private void forgetAbandoned() {
        offered.removeIf(handle -> {
            final Request request = handles.find(handle, Request.class);
            final boolean abandoned = request == null || !request.pending().isPending();
            if (abandoned) {
                handles.remove(handle);
            }
            return abandoned;
        });
    }

    private void answered(final int handle) {
        synchronized (offered) {
            offered.remove(handle);
            handles.remove(handle);
        }
    }

    private long accept(final ArgumentBlock in) {
        final int request = in.getInt();
        final QueuePairResource queuePair = handles.get(in.getInt(), BrokeredQueuePair.class).resource();
        request(request).accept(queuePair, in.getBytes());
        answered(request);
        return 0;
    }

    private long reject(final ArgumentBlock in) {
        final int request = in.getInt();
        request(request).reject(in.getBytes());
        answered(request);
        return 0;
    }

    /** A request that is not there any more was forgotten because its asking side gave up. */
    private PendingConnection request(final int handle) {
        final Request request = handles.find(handle, Request.class);
        if (request == null) {
            throw new RnicException(RnicError.TIMED_OUT,
                "the asking side of connection request " + handle + " has given up, or there never was one");
        }
        return request.pending();
    }

    private long connect(final ArgumentBlock in) {
        final QueuePairResource queuePair = handles.get(in.getInt(), BrokeredQueuePair.class).resource();
        final InetSocketAddress remote = address(in);
        broker.connections().check(account, Action.CONNECT, remote.getPort());
        final PendingConnection pending = queuePair.beginConnect(remote, in.getBytes());
        return handles.addOrElse(new Attempt(pending), pending::withdraw);
    }

    private long awaitConnection(final ArgumentBlock in, final ArgumentBlock out) throws InterruptedException {
        out.putBytes(handles.get(in.getInt(), Attempt.class).pending().await(in.getLong()));
        return 0;
    }

    private long disconnect(final ArgumentBlock in) {
        handles.get(in.getInt(), BrokeredQueuePair.class).resource().disconnect();
        return 0;
    }

    private static InetSocketAddress address(final ArgumentBlock in) {
        final byte[] address = in.getBytes();
        final int port = in.getInt();
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (final UnknownHostException | IllegalArgumentException e) {
            throw new RnicException(RnicError.INVALID_ARGUMENT, "an address of " + address.length
                + " bytes and port " + port
                + " is none; allowed: 4 or 16 bytes, port 0 to 65535");
        }
    }
}
