package io.rnic.emu.connection;

import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import java.lang.reflect.InvocationTargetException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.regex.Pattern;

/** Why the system made no TCP connection, in its own words: those around them tell the address again, and errno. */
final class Unreached {
    private static final Pattern CALL = Pattern.compile("^.*failed with error\\(-?[0-9]+\\): ");

    /** EMFILE, or ENFILE of the whole system ("... in system"). */
    static final String NO_DESCRIPTORS = "Too many open files";
    static final String NO_DESCRIPTORS_HELP = "; close connections, or allow the process more (ulimit -n)";

    private Unreached() {
    }

    /** Why, and what to do where that is known; without the address. */
    static String why(final Throwable cause, final InetSocketAddress remote) {
        if (cause instanceof ConnectTimeoutException) {
            return "the machine does not answer; check the address, and what lies between";
        }
        if (cause instanceof NoRouteToHostException) { // has no message where the socket is epoll's or io_uring's
            return "no route to host; check the address, and this machine's network";
        }
        final String why = words(cause, remote);
        if (why.contains(NO_DESCRIPTORS)) {
            return why + NO_DESCRIPTORS_HELP;
        }
        return why.contains("refused")
            ? "connection refused, nobody listens there; start the listening side first, and check address and port"
            : why;
    }

    /** What the system says, without what Netty puts around it. */
    static String words(final Throwable failure, final InetSocketAddress address) {
        final Throwable cause = cause(failure);
        final String message = cause.getMessage();
        if (message == null) {
            return cause.toString();
        }
        final String around = ": " + address;
        final String end = message.endsWith(around) ? message.substring(0, message.length() - around.length())
            : message;
        return CALL.matcher(end).replaceFirst("");
    }

    /** Where no socket could be made, Netty tells which of its classes has none. */
    private static Throwable cause(final Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ChannelException || cause instanceof InvocationTargetException)
            && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
