package io.rnic.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportFormsTest {
    private static final Measurement USER = new Measurement("send_bw", "user", "loopback", "invoker", 64, "bytes/s",
        12_345_678_901.4, 5, 9, 193e6, null, null);
    private static final Measurement KERNEL =
        new Measurement("send_bw", "kernel", "loopback", "invoker", 64, "bytes/s", 5, 4, 9, 2.0, 101.26, 12.345);
    private static final Report REPORT = new Report("compare", Map.of("os", "Linux"),
        List.of(Measurement.limit("null_syscall", 0, "ns", 85.34, 90, 7),
            Measurement.limit("memory_copy", 64, "bytes/s", 1e9, 1e8, 3),
            Measurement.limit("memory_copy", 1024, "bytes/s", 2e9, 1e8, 3)),
        List.of(USER, KERNEL));

    @Test
    void shouldWriteJson() {
        assertThat(JsonForm.of(REPORT).replaceAll("\\s+", "")).isEqualTo("""
            {"command":"compare","host":{"os":"Linux"},"limits":{
             "null_syscall":{"unit":"ns","median":85.3,"p99":90,"samples":7},
             "memory_copy":[{"bytes":64,"unit":"bytes/s","median":1000000000,"p99":100000000,"samples":3},
              {"bytes":1024,"unit":"bytes/s","median":2000000000,"p99":100000000,"samples":3}]},
            "results":[
             {"test":"send_bw","frontEnd":"user","link":"loopback","threading":"invoker","bytes":64,"unit":"bytes/s",
              "median":12345678901,"p99":5,"samples":9,"rate":193000000},
             {"test":"send_bw","frontEnd":"kernel","link":"loopback","threading":"invoker","bytes":64,"unit":"bytes/s",
              "median":5,"p99":4,"samples":9,"rate":2,"deltaNs":101.3,"pdPercent":12.35}]}
            """.replaceAll("\\s+", ""));
    }

    @Test
    void shouldWriteCsv() {
        assertThat(CsvForm.of(REPORT)).isEqualTo("""
            test,frontEnd,link,threading,bytes,unit,median,p99,samples,rate,deltaNs,pdPercent
            null_syscall,,,,0,ns,85.3,90,7,,,
            memory_copy,,,,64,bytes/s,1000000000,100000000,3,,,
            memory_copy,,,,1024,bytes/s,2000000000,100000000,3,,,
            send_bw,user,loopback,invoker,64,bytes/s,12345678901,5,9,193000000,,
            send_bw,kernel,loopback,invoker,64,bytes/s,5,4,9,2,101.3,12.35
            """);
    }

    @Test
    void shouldRefuseWhatIsNoNumber() {
        assertThatThrownBy(() -> Measurement.limit("x", 0, "ns", Double.NaN, 0, 0))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Measurement.limit("x", 0, "ns", 0, Double.POSITIVE_INFINITY, 0))
            .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldPrintSizesAndNumbers() {
        assertThat(List.of(Table.size(1), Table.size(1000), Table.size(4096), Table.size(1 << 20)))
            .containsExactly("1", "1000", "4 Ki", "1 Mi");
        assertThat(List.of(Table.ns(85.34), Table.ns(12_345.6), Table.ns(null))).containsExactly("85.3", "12,346", "");
    }
}
