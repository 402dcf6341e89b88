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
    requires com.github.luben.zstd_jni;
    requires java.desktop;
    requires org.jfree.jfreechart;
    requires org.jfree.svg;
    requires org.agrona;
    requires io.aeron.client;
    requires io.aeron.driver;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires jmh.core;
    // Counts what a thread allocates; JMH needs it too and, being no module itself, does not say so.
    requires jdk.management;
    // The same, for JMH alone.
    requires jdk.unsupported;
    requires static org.jspecify;
}
