/*
 * The rnic command: measurements and experiments, run through either front end. Open, because the command line
 * is read from annotated fields and benchmarks are found by name. (Error Prone takes no Javadoc on an open module.)
 */
open module io.rnic.bench {
    requires io.rnic.emu;
    requires info.picocli;
    requires HdrHistogram;
    requires me.tongfei.progressbar;
    requires tools.jackson.databind;
    requires de.siegmar.fastcsv;
    requires ascii.table;
    requires jmh.core;
    // What JMH needs and, being no module itself, does not say.
    requires jdk.management;
    requires jdk.unsupported;
    requires static org.jspecify;
}
