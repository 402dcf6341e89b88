package io.rnic.kernel.policy;

import io.rnic.emu.Settings;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A list of rules, of which the first that matches decides; what none matches is denied.
 *
 * <p>{@code allow|deny connect|listen|any PORT[-PORT]|*}, separated by {@code ;}
 */
public final class ConnectionRules implements ConnectionPolicy {
    private static final Pattern RULE =
        Pattern.compile("(allow|deny)\\s+(connect|listen|any)\\s+(?:(\\d{1,5})(?:-(\\d{1,5}))?|(\\*))");

    private record Rule(String text, boolean allow, String action, int first, int last) {
        boolean matches(final Action wanted, final int port) {
            return (action.equals("any") || action.equals(Settings.nameOf(wanted))) && port >= first && port <= last;
        }
    }

    private final List<Rule> rules;

    private ConnectionRules(final List<Rule> rules) {
        this.rules = rules;
    }

    /**
     * Parses a list of rules.
     *
     * @throws RnicException INVALID_ARGUMENT with the rule that is wrong
     */
    public static ConnectionRules parse(final String setting, final String text) {
        final List<Rule> rules = new ArrayList<>();
        for (final String part : text.split(";", -1)) {
            final String rule = part.strip();
            final Matcher matcher = RULE.matcher(rule);
            if (!matcher.matches()) {
                throw wrong(setting, text, rule);
            }
            final boolean all = matcher.group(5) != null;
            final int first = all ? 0 : Integer.parseInt(matcher.group(3));
            final int last = all ? 65535 : matcher.group(4) == null ? first : Integer.parseInt(matcher.group(4));
            if (first > last || last > 65535) {
                throw wrong(setting, text, rule);
            }
            rules.add(new Rule(rule, matcher.group(1).equals("allow"), matcher.group(2), first, last));
        }
        return new ConnectionRules(rules);
    }

    private static RnicException wrong(final String setting, final String text, final String rule) {
        return Settings.wrong(setting, text,
            "not '" + rule + "',"
            + " but rules 'allow|deny connect|listen|any PORT[-PORT]|*' separated by ';', ports 0 to 65535");
    }

    @Override
    public void check(final ProcessAccount process, final Action action, final int port) {
        String why = "no rule allows it";
        for (final Rule rule : rules) {
            if (rule.matches(action, port)) {
                if (rule.allow) {
                    return;
                }
                why = "rule '" + rule.text + "'";
                break;
            }
        }
        throw new RnicException(RnicError.POLICY, "the kernel's policy does not let process " + process.name() + " "
            + Settings.nameOf(action) + " on port " + port + ": " + why + " (kernel.connectionRules)");
    }
}
