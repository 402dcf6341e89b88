package io.rnic.bench;

import io.rnic.bench.compare.CompareCommand;
import io.rnic.bench.peers.PeersCommand;
import io.rnic.bench.perftest.PerftestCommand;
import io.rnic.bench.pieces.PiecesCommand;
import io.rnic.bench.regcache.RegcacheCommand;
import io.rnic.bench.rping.RpingCommand;
import io.rnic.bench.run.OutOfMemory;
import io.rnic.bench.scale.ScaleCommand;
import io.rnic.bench.tcp.Range;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.module.ModuleDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code rnic} command.
 *
 * <p>Exit codes: 0 done, 1 failed, 2 wrong usage. Errors are one line on standard error.
 */
@Command(name = "rnic", mixinStandardHelpOptions = true, versionProvider = RnicCommand.Version.class,
    description = "A software RDMA NIC with two front ends, user-level and kernel: measurements and experiments.",
    commandListHeading = "%nCommands:%n")
public final class RnicCommand implements Runnable {
    private static final int FAILED = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private RnicCommand() {
    }

    /** Says which version this is. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            final String version = Optional.ofNullable(RnicCommand.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion).orElse("(not packaged)");
            return new String[] {"rnic " + version + ", " + System.getProperty("java.vm.name") + " "
                + System.getProperty("java.runtime.version")};
        }
    }

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(final String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    /**
     * Runs a command.
     *
     * @param args what was typed
     * @param out  where the results go
     * @param err  where progress and errors go
     * @return the exit code
     */
    public static int run(final String[] args, final PrintStream out, final PrintStream err) {
        final List<Object> commands = new ArrayList<>(List.of(new CompareCommand(out, err), new PeersCommand(out, err),
            new ScaleCommand(out, err), new PiecesCommand(out, err)));
        commands.addAll(PerftestCommand.all(out, err));
        commands.add(new RpingCommand(out, err));
        commands.add(new CommandLine(new RegcacheCommand(out, err)).addSubcommand(RegcacheCommand.merge(out, err)));
        return run(args, out, err, commands.toArray());
    }

    /**
     * Runs a command, given the objects that stand for them.
     *
     * @param commands annotated with {@link Command}
     */
    public static int run(final String[] args, final PrintStream out, final PrintStream err, final Object... commands) {
        final CommandLine line = new CommandLine(new RnicCommand());
        for (final Object command : commands) {
            line.addSubcommand(command);
        }
        line.getSubcommands().values()
            .forEach(command -> command.getCommandSpec().versionProvider(new Version()));
        line.setOut(new PrintWriter(out, true, out.charset()))
            .setErr(new PrintWriter(err, true, err.charset()))
            .setParameterExceptionHandler((error, typed) -> usage(error, err))
            .setExecutionExceptionHandler((error, command, parsed) -> failed(error, command, err))
            .setExecutionStrategy(RnicCommand::execute);
        try {
            return line.execute(args);
        } catch (final OutOfMemoryError e) {
            // Not thrown on: threads that are still there would keep the JVM, and nobody would end it.
            err.println("rnic: " + OutOfMemory.text(String.valueOf(e.getMessage())));
            return FAILED;
        }
    }

    private static int execute(final ParseResult parsed) {
        for (ParseResult command = parsed; command != null; command = command.subcommand()) {
            for (final OptionSpec option : command.matchedOptions()) {
                if (!option.splitRegex().isEmpty()) {
                    requireValues(option, command.commandSpec().commandLine());
                }
            }
        }
        return new RunLast().execute(parsed);
    }

    /** Between two commas there is a value, and before the first and behind the last: else the split leaves it out. */
    private static void requireValues(final OptionSpec option, final CommandLine command) {
        for (final String values : option.originalStringValues()) {
            if (("," + values + ",").contains(",,")) {
                throw new ParameterException(command, option.longestName() + " '" + values
                    + "' lacks a value; allowed: " + option.paramLabel() + ", or several with one comma between two");
            }
        }
    }

    /** Without a command. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command was given");
    }

    private static int usage(final ParameterException error, final PrintStream err) {
        final CommandLine command = error.getCommandLine();
        String message = firstLine(error);
        if (error instanceof UnmatchedArgumentException unmatched) {
            final String first = unmatched.getUnmatched().getFirst();
            message = (first.startsWith("-") ? "unknown option '" : "unknown argument '") + first + "'";
        }
        final String allowed = message.contains("allowed") ? "" : "; allowed: " + allowed(error);
        err.println(command.getCommandSpec().qualifiedName() + ": " + message + allowed);
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String allowed(final ParameterException error) {
        if (error instanceof OverwrittenOptionException twice
            && twice.getOverwritten() instanceof OptionSpec option) {
            return option.negatable() ? option.longestName() + " or --no-" + option.longestName().substring(2)
                + ", once" : option.longestName() + " once";
        }
        if (error instanceof MissingParameterException missing && missing.getMissing().size() == 1
            && missing.getMissing().getFirst() instanceof OptionSpec option) {
            return option.longestName() + " " + option.paramLabel() + value(option, ", ");
        }
        final ArgSpec option = error.getArgSpec();
        final String value = option == null ? "" : value(option, "");
        return value.isEmpty() ? allowed(error.getCommandLine()) : value;
    }

    /** What a number may be, behind that; empty if the option is none. */
    private static String value(final ArgSpec option, final String before) {
        final Range range = Range.Of.option(option);
        if (range != null) {
            return before + (isWhole(option.type()) ? "a whole number, " : "a number, ") + Range.Of.text(range);
        }
        return isWhole(option.type()) ? before + "a whole number" : "";
    }

    private static boolean isWhole(final Class<?> type) {
        return type == int.class || type == long.class;
    }

    private static String allowed(final CommandLine command) {
        final String options = command.getCommandSpec().options().stream().map(option -> option.longestName())
            .collect(Collectors.joining(", "));
        return command.getSubcommands().isEmpty() ? options
            : String.join(", ", command.getSubcommands().keySet()) + ", " + options;
    }

    private static int failed(final Exception error, final CommandLine command, final PrintStream err) {
        err.println(command.getCommandSpec().qualifiedName() + ": " + firstLine(error));
        return FAILED;
    }

    private static String firstLine(final Exception error) {
        final String message = error.getMessage();
        return message == null ? error.toString() : message.lines().findFirst().orElse(error.toString());
    }
}
