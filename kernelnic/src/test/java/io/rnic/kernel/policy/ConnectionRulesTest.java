package io.rnic.kernel.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.kernel.policy.ConnectionPolicy.Action;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionRulesTest {
    private final ProcessAccount process = new ProcessAccount("tester");

    private boolean allows(final String rules, final Action action, final int port) {
        try {
            ConnectionRules.parse("r", rules).check(process, action, port);
            return true;
        } catch (final RnicException e) {
            assertThat(e.error()).isEqualTo(RnicError.POLICY);
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "allow any *|LISTEN|0|true", "allow any *|CONNECT|65535|true", "deny any *|LISTEN|5|false",
        "allow listen 5|LISTEN|5|true", "allow listen 5|LISTEN|4|false", "allow listen 5|LISTEN|6|false",
        "allow listen 5|CONNECT|5|false", "allow connect 5|CONNECT|5|true", "allow connect 5|LISTEN|5|false",
        "allow any 5-7|LISTEN|4|false", "allow any 5-7|LISTEN|5|true", "allow any 5-7|CONNECT|7|true",
        "allow any 5-7|CONNECT|8|false", "allow any 0-65535|LISTEN|65535|true", "allow any 7-7|LISTEN|7|true",
        "'  allow   any\t5 ; deny any *  '|LISTEN|5|true"})
    void shouldFollowASingleRule(final String rules, final Action action, final int port, final boolean allowed) {
        assertThat(allows(rules, action, port)).isEqualTo(allowed);
    }

    @Test
    void shouldLetTheFirstRuleThatMatchesDecide() {
        final String rules = "deny listen 10-20;allow any 15-30;deny any *";
        assertThat(allows(rules, Action.LISTEN, 15)).isFalse();
        assertThat(allows(rules, Action.CONNECT, 15)).isTrue();
        assertThat(allows(rules, Action.LISTEN, 21)).isTrue();
        assertThat(allows(rules, Action.CONNECT, 14)).isFalse();
        assertThat(allows("allow any *;deny any 5", Action.LISTEN, 5)).isTrue();
    }

    @Test
    void shouldNameTheRuleThatForbids() {
        assertThatThrownBy(() -> ConnectionRules.parse("r", "allow any 1; deny connect 5-9")
            .check(process, Action.CONNECT,
                6)).hasMessage("the kernel's policy does not let process tester connect on port"
            + " 6: rule 'deny connect 5-9' (kernel.connectionRules)");
    }

    @Test
    void shouldDenyWhatNoRuleMatches() {
        assertThatThrownBy(() -> ConnectionRules.parse("r", "allow any 1").check(process, Action.LISTEN, 2))
            .hasMessage("the kernel's policy does not let process tester listen on port 2: no rule allows it"
                + " (kernel.connectionRules)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", "allow", "allow any", "permit any *", "allow both 5", "Allow any *",
        "allow any -5",
        "allow any 5-", "allow any 9-5", "allow any 65536", "allow any 5-65536", "allow any 123456", "allow any **",
        "allow any 5 6", "allow any *;", "allow any *;;deny any 5", "allow any 5,6", "allow any 0x10"})
    void shouldRefuseARuleThatIsNone(final String rules) {
        assertThatThrownBy(() -> ConnectionRules.parse("kernel.connectionRules", rules))
            .isInstanceOf(RnicException.class)
            .hasMessageStartingWith("setting kernel.connectionRules=" + rules + " is not allowed")
            .hasMessageContaining("but rules 'allow|deny connect|listen|any PORT[-PORT]|*'")
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.INVALID_ARGUMENT);
    }
}
