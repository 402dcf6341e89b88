/** The {@code rnic} command. */
module io.rnic.bench {
    requires io.rnic.emu;
    requires static org.jspecify;
    uses io.rnic.verbs.spi.RnicProvider;
}
