/** The {@code rnic} command: measurements and experiments, run through either front end. */
module io.rnic.bench {
    requires io.rnic.emu;
    requires info.picocli;
    requires HdrHistogram;
    requires me.tongfei.progressbar;
    requires tools.jackson.databind;
    requires de.siegmar.fastcsv;
    requires ascii.table;
    requires static org.jspecify;

    // The command line is read from annotated fields.
    opens io.rnic.bench to info.picocli;
    opens io.rnic.bench.compare to info.picocli;
}
