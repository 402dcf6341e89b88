package io.rnic.bench.tcp;

import io.rnic.bench.run.ExperimentException;
import io.rnic.verbs.Rnic;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import io.rnic.verbs.RnicOptions;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of every command that runs over TCP, and the NIC that they ask for. */
public final class TcpOptions {
    /** The highest port. */
    public static final int MAX_PORT = 65_535;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--front-end", paramLabel = "NAME", description = "user or kernel. Default: ${DEFAULT-VALUE}.")
    private String frontEnd = "user";

    @Option(names = "--crc", negatable = true,
        description = "Whether to ask for CRCs; they are used if either side asks. Default: as the setting mpa.crc.")
    private @Nullable Boolean crc;

    /** Nothing asked for. */
    public TcpOptions() {
    }

    /** Through which front end. */
    public String frontEnd() {
        return frontEnd;
    }

    /**
     * The settings of a NIC whose every connection is one by TCP.
     *
     * @param device its name
     * @throws ParameterException if there is no such front end
     */
    public RnicOptions settings(final String device) {
        if (!Rnic.frontEnds().contains(frontEnd)) {
            throw usage("--front-end '" + frontEnd + "' is unknown; allowed: " + String.join(", ", Rnic.frontEnds()));
        }
        RnicOptions settings = RnicOptions.defaults().withFrontEnd(frontEnd).with("link", "tcp").with("device", device);
        if (!settings.effective().containsKey("pinning")) {
            settings = settings.with("pinning", "preferred");
        }
        return crc == null ? settings : settings.with("mpa.crc", crc.toString());
    }

    /**
     * The machine of that name.
     *
     * @param option who names it, for the error
     * @throws ParameterException if it is not known, or is one of a link (RFC 4291 §2.5.6) without its interface
     */
    public InetAddress address(final String option, final String name) {
        if (name.isBlank()) {
            // InetAddress would take it for this machine.
            throw usage(option + " '" + name + "' is empty; allowed: a name or number of a machine");
        }
        try {
            final InetAddress address = InetAddress.getByName(name);
            if (address instanceof Inet6Address six && six.isLinkLocalAddress() && six.getScopeId() == 0) {
                throw usage(option + " '" + name + "' is an address of one link, and does not say of which; allowed:"
                    + " with the interface to it, as in " + six.getHostAddress() + "%eth0");
            }
            return address;
        } catch (final UnknownHostException e) {
            throw new ParameterException(spec.commandLine(), option + " '" + name
                + "' is not known; allowed: a name or number of a machine", e);
        }
    }

    /**
     * Checks the numbers that were given to the command.
     *
     * @throws ParameterException if one is not within its {@link Range}
     */
    public void checkRanges() {
        for (final OptionSpec option : spec.options()) {
            final Range range = Range.Of.option(option);
            if (range != null && spec.commandLine().getParseResult().hasMatchedOption(option)) {
                final Number value = option.getValue();
                if (!(value.doubleValue() >= range.min() && value.doubleValue() <= range.max())) { // NaN too
                    throw usage(option.longestName() + " " + value + "; allowed: " + Range.Of.text(range));
                }
            }
        }
    }

    /** What ended a side: a port that is taken is to be another one here, and cannot be picked. */
    public static ExperimentException failed(final String role, final InetSocketAddress where, final RnicException e) {
        return e.error() == RnicError.ADDRESS_IN_USE
            ? new ExperimentException(role + ": port " + where.getPort() + " is in use at " + where.getHostString()
                + "; use another one by -p, on both sides")
            : new ExperimentException(role, e);
    }

    /** Wrong usage of the command. */
    public ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
