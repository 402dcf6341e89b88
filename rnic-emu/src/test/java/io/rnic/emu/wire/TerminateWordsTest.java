package io.rnic.emu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.rnic.verbs.Diagnosis;
import io.rnic.verbs.Diagnosis.Check;
import org.junit.jupiter.api.Test;

/** A diagnosis has words for each Terminate that an RFC has a row for. */
class TerminateWordsTest {
    private static final int ROWS = 0x10000;
    private static final int UNSPECIFIED = 0xFF;

    private static String words(final int terminate) {
        return new Diagnosis(Check.TERMINATE, true, null, 1, null, 0, 0, 0, 0, 1, null, terminate).toString()
            .replace("queue pair 1: TERMINATE, the peer sent a Terminate", "")
            .replace("; Terminate " + TerminateCode.text(terminate), "");
    }

    @Test
    void everyRowShouldHaveSome() {
        for (int row = 0; row < ROWS; row++) {
            final int terminate = ROWS | row;
            final boolean isOfMachine = TerminateCode.layer(terminate) == 0 && TerminateCode.type(terminate) == 0;
            if (!TerminateCode.isDefined(terminate) || TerminateCode.code(terminate) == UNSPECIFIED) {
                assertThat(words(terminate)).as(TerminateCode.text(terminate)).isEmpty();
            } else if (!isOfMachine) {
                assertThat(words(terminate)).as(TerminateCode.text(terminate)).matches(": [-A-Za-z ,'()]{9,}");
            }
        }
        assertThat(words(TerminateCode.of(0, 0, 0))).isEqualTo(": an error of the machine that refused");
    }
}
