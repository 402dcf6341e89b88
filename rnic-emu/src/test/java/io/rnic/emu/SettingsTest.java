package io.rnic.emu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rnic.emu.connection.Reach;
import io.rnic.emu.host.Pinning;
import io.rnic.emu.link.FaultPlan;
import io.rnic.emu.link.TcpSettings;
import io.rnic.emu.link.TcpTransport;
import io.rnic.verbs.RnicError;
import io.rnic.verbs.RnicException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static Settings of(final String value) {
        return new Settings(Map.of("x", value));
    }

    private static void assertRefused(final ThrowingCallable call, final String text) {
        assertThatThrownBy(call).isInstanceOf(RnicException.class).hasMessageContaining(text)
            .extracting(e -> ((RnicException) e).error()).isEqualTo(RnicError.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "64K, 65536", "64k, 65536", "3M, 3145728", "2g, 2147483648",
        "none, 9223372036854775807",
        "999999999999, 999999999999"})
    void shouldReadBytesWithSuffixes(final String text, final long bytes) {
        assertThat(of(text).bytes("x", "none", 5)).isEqualTo(bytes);
        assertThat(of(text).bytes("y", "none", 5)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "K", "-1", "1.5M", "1T", "1 K", "0x10", "1KK", "9999999999999", "None"})
    void shouldRefuseWhatIsNoNumberOfBytes(final String text) {
        assertRefused(() -> of(text).bytes("x", "none", 5),
            "setting x=" + text + " is not allowed; allowed: a number of bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "101", "1K", "9999999999", "2147483648"})
    void shouldRefuseCountsOutOfRange(final String text) {
        assertRefused(() -> of(text).count("x", 5, 100), "setting x=" + text + " is not allowed; allowed: 1 to 100");
    }

    @Test
    void shouldReadCounts() {
        assertThat(of("1").count("x", 5, 100)).isEqualTo(1);
        assertThat(of("100").count("x", 5, 100)).isEqualTo(100);
        assertThat(of("100").count("y", 5, 100)).isEqualTo(5);
    }

    @Test
    void shouldReadChoicesInLowerCaseOnly() {
        assertThat(of("accounted").choice("x", Pinning.class, Pinning.LOCKED)).isEqualTo(Pinning.ACCOUNTED);
        assertThat(of("accounted").choice("y", Pinning.class, Pinning.LOCKED)).isEqualTo(Pinning.LOCKED);
        assertRefused(() -> of("LOCKED").choice("x", Pinning.class, Pinning.LOCKED),
            "setting x=LOCKED is not allowed; allowed: locked, accounted, preferred");
    }

    @Test
    void shouldRefuseUnknownNamesAndListTheKnown() {
        of("1").checkNames(Set.of("x", "y"));
        assertRefused(() -> of("1").checkNames(Set.of("z", "a")), "unknown setting 'x'; allowed: a, z");
    }

    @Test
    void shouldParseADeviceWithoutSettings() {
        assertThat(DeviceConfig.parse(Map.of())).isEqualTo(new DeviceConfig("rnic0", DeviceConfig.Threading.INVOKER,
            Pinning.LOCKED, Long.MAX_VALUE, "null-syscall", 65_536, 65_536, 65_536, 256L << 20,
            FaultPlan.NONE, Reach.AUTO, TcpSettings.DEFAULT, "", 1L << 30));
    }

    @Test
    void shouldParseADeviceWithAllSettings() {
        final Map<String, String> settings = new HashMap<>(Map.of("device", "d", "threading", "dedicated", "pinning",
            "preferred", "lockedMemory", "1M", "crossing", "spin:5", "maxQueuePairs", "1", "maxCompletionQueues", "2",
            "maxMemoryRegions", "3", "onBoardMemory", "unlimited", "faults", "register:1"));
        settings.putAll(Map.of("link", "tcp", "tcp.transport", "nio", "mpa.crc", "false", "mpa.markers", "true",
            "mpa.timeout", "5", "tcp.timeout", "6"));
        assertThat(DeviceConfig.parse(settings))
            .isEqualTo(new DeviceConfig("d", DeviceConfig.Threading.DEDICATED, Pinning.PREFERRED, 1L << 20, "spin:5",
                1, 2, 3, Long.MAX_VALUE, FaultPlan.parse("register:1"), Reach.TCP,
                new TcpSettings(TcpTransport.NIO, false, true, 5, 6), "", 1L << 30));
    }

    @Test
    void shouldParseACapture() {
        final DeviceConfig config = DeviceConfig.parse(Map.of("capture", "a b.pcap", "captureLimit", "5M"));
        assertThat(config.capture()).isEqualTo("a b.pcap");
        assertThat(config.captureBytes()).isEqualTo(5L << 20);
        assertThat(DeviceConfig.parse(Map.of("captureLimit", "unlimited")).captureBytes()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "threading|polling|allowed: invoker, dedicated",
        "pinning|no|allowed: locked, accounted, preferred",
        "lockedMemory|some|or system",
        "crossing|magic|crossing 'magic' is unknown",
        "maxQueuePairs|1048577|allowed: 1 to 1048576",
        "maxCompletionQueues|0|allowed: 1 to 1048576",
        "maxMemoryRegions|4194305|allowed: 1 to 4194304",
        "onBoardMemory|system|or unlimited",
        "link|wifi|allowed: auto, loopback, tcp",
        "tcp.transport|uring|allowed: auto, epoll, io_uring, nio",
        "mpa.crc|on|allowed: true, false",
        "mpa.markers|1|allowed: true, false",
        "mpa.timeout|0|allowed: 1 to 3600000",
        "tcp.timeout|3600001|allowed: 1 to 3600000",
        "faults|explode:1|unknown fault 'explode'; allowed: name:value"})
    void shouldSayWhatADeviceSettingMayBe(final String name, final String value, final String text) {
        assertRefused(() -> DeviceConfig.parse(Map.of(name, value)), text);
    }
}
