package io.rnic.verbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RnicOptionsTest {
    private static final String PROPERTY = "rnic.colourOfTheTest";
    private static final String NAME = "colourOfTheTest";

    @AfterEach
    void clearProperty() {
        System.clearProperty(PROPERTY);
    }

    @Test
    void shouldTakeWhatIsSetOverTheSystemProperty() {
        System.setProperty(PROPERTY, "red");
        assertThat(RnicOptions.defaults().effective()).containsEntry(NAME, "red");
        assertThat(RnicOptions.defaults().with(NAME, "blue").effective()).containsEntry(NAME, "blue");
    }

    @Test
    void shouldNotCallAPropertyExplicit() {
        System.setProperty(PROPERTY, "red");
        assertThat(RnicOptions.defaults().explicit()).isEmpty();
        assertThat(RnicOptions.defaults().with("a", "b").explicit()).containsOnlyKeys("a");
    }

    @Test
    void shouldIgnorePropertiesWithoutThePrefix() {
        assertThat(RnicOptions.defaults().effective()).doesNotContainKeys("java.version", "version", "");
    }

    @Test
    void shouldStayAsItIsWhenAnotherIsMadeFromIt() {
        final RnicOptions one = RnicOptions.defaults().with("a", "1");
        final RnicOptions two = one.with("a", "2").withFrontEnd("kernel");
        assertThat(one.explicit()).containsOnlyKeys("a").containsEntry("a", "1");
        assertThat(two.explicit()).containsEntry("a", "2").containsEntry("frontEnd", "kernel");
        assertThat(two).hasToString("RnicOptions{a=2, frontEnd=kernel}");
        assertThatThrownBy(() -> two.explicit().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(RnicOptions.defaults().explicit()).isEmpty();
    }
}
