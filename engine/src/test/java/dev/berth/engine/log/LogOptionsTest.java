package dev.berth.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.config.HumanSize;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.log.LogOptions.Target;
import dev.berth.engine.log.SyslogOptions.Address;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogOptionsTest {
    @Test
    void driversHaveDockersDefaults() {
        assertThat(target("json-file", Map.of())).isEqualTo(new Target.JsonFile(new Rotation(0, 1, false)));
        assertThat(target("local", Map.of())).isEqualTo(new Target.Local(new Rotation(20_000_000, 5, true)));
        assertThat(target("journald", Map.of()))
                .isEqualTo(new Target.Journal(Optional.of(new Rotation(20_000_000, 5, true))));
        assertThat(target("none", Map.of("anything", "goes"))).isEqualTo(new Target.None());
        assertThat(new LogConfig("", Map.of()).type()).isEqualTo("json-file");
    }

    @Test
    void sizesAreDockers() {
        assertThat(target("json-file", Map.of("max-size", "1.5m", "max-file", "2")))
                .isEqualTo(new Target.JsonFile(new Rotation(1_500_000, 2, false)));
        assertThat(HumanSize.decimal("10 KB")).isEqualTo(10_000);
        assertThat(HumanSize.decimal("2g")).isEqualTo(2_000_000_000L);
        assertThat(HumanSize.binary("4kib")).isEqualTo(4_096);
        assertThat(HumanSize.decimal("7b")).isEqualTo(7);
    }

    @Test
    void theCacheOfWhatCannotBeReadHasOptionsOfItsOwn() {
        assertThat(target("journald", Map.of("cache-max-size", "1m", "cache-max-file", "1", "cache-compress", "false")))
                .isEqualTo(new Target.Journal(Optional.of(new Rotation(1_000_000, 1, false))));
        LogOptions blind = LogOptions.of(new LogConfig("syslog", Map.of("cache-disabled", "true")));
        assertThat(blind.isReadable()).isFalse();
    }

    @Test
    void serversAreFoundByTheirAddress() {
        assertThat(server(Map.of("syslog-address", "udp://127.0.0.1", "syslog-facility", "local3")))
                .isEqualTo(new SyslogOptions(new Address.Udp("127.0.0.1", 514), 19, SyslogOptions.Format.UNIX));
        assertThat(server(Map.of("syslog-address", "tcp://[::1]:99", "syslog-format", "rfc5424micro")))
                .isEqualTo(new SyslogOptions(new Address.Tcp("::1", 99), 3, SyslogOptions.Format.RFC5424MICRO));
        assertThatThrownBy(() -> LogOptions.of(new LogConfig("syslog", Map.of("syslog-address", "unix:///no/such")))
                        .requireThere())
                .hasMessage("stat /no/such: no such file or directory");
    }

    @Test
    void outputWaitsOrIsDropped() {
        assertThat(LogOptions.of(new LogConfig("json-file", Map.of())).dropAbove())
                .isEmpty();
        assertThat(LogOptions.of(new LogConfig("local", Map.of("mode", "non-blocking", "max-buffer-size", "4m")))
                        .dropAbove())
                .isEqualTo(OptionalLong.of(4 << 20));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            json-file | max-size=-1 | failed to initialize logging driver: invalid size: '-1'
            json-file | max-size=0 | failed to initialize logging driver: max-size must be a positive number
            json-file | max-size=1x | failed to initialize logging driver: invalid size: '1x'
            json-file | max-file=0 | failed to initialize logging driver: max-file cannot be less than 1
            json-file | max-file=two | failed to initialize logging driver: strconv.Atoi: parsing "two": invalid syntax
            json-file | compress=true | failed to initialize logging driver: compress cannot be true when max-file is less than 2 or max-size is not set
            json-file | nosuch=1 | unknown log opt 'nosuch' for json-file log driver
            json-file | mode=maybe | logger: logging mode not supported: maybe
            json-file | max-buffer-size=1m | logger: max-buffer-size option is only supported with 'mode=non-blocking'
            json-file | labels-regex=( | failed to initialize logging driver: error parsing regexp: missing closing ): `(`
            json-file | tag={{.Nosuch}} | failed to initialize logging driver: template: log-tag:1:2: executing "log-tag" at <.Nosuch>: can't evaluate field Nosuch in type *logger.Info
            local | max-size=x | failed to initialize logging driver: invalid value for max-size: x: invalid size: 'x'
            local | max-file=1 | failed to initialize logging driver: compression cannot be enabled when max file count is 1
            local | syslog-format=x | unknown log opt 'syslog-format' for log driver local
            syslog | syslog-address=ftp://x | syslog-address should be in form proto://address, got ftp://x
            syslog | syslog-facility=24 | invalid syslog facility
            syslog | syslog-format=x | Invalid syslog format
            journald | max-size=1m | unknown log opt 'max-size' for journald log driver
            journald | cache-disabled=perhaps | invalid value for option cache-disabled: perhaps
            gelf | | logger: no log driver named 'gelf' is registered
            """)
    void whatIsWrongIsSaidInDockersWords(String driver, String option, String words) {
        Map<String, String> options =
                option == null ? Map.of() : Map.of(option.split("=", 2)[0], option.split("=", 2)[1]);
        assertThatThrownBy(() -> LogOptions.of(new LogConfig(driver, options)))
                .isInstanceOf(EngineException.class)
                .hasMessage(words);
    }

    @Test
    void tagsAreFilledIn() {
        assertThat(LogTag.of("{{.ImageName}}/{{ .Name | upper }}/{{lower .FullID}}/{{.ImageID}}", Sources.C))
                .isEqualTo("busybox:latest/WEB/c/0123456789ab");
        assertThat(LogTag.of("plain", Sources.C)).isEqualTo("plain");
        assertThatThrownBy(() -> LogTag.check("{{.ID")).hasMessageContaining("unclosed action");
    }

    @Test
    void anEnginesChoiceIsForThoseWhoHaveNone() {
        LogConfig standard = new LogConfig("local", Map.of("max-size", "5m", "cache-compress", "false"));
        assertThat(new LogConfig("", Map.of("max-file", "3")).orDefault(standard))
                .isEqualTo(
                        new LogConfig("local", Map.of("max-size", "5m", "max-file", "3", "cache-compress", "false")));
        assertThat(new LogConfig("syslog", Map.of()).orDefault(standard).config())
                .isEqualTo(Map.of("cache-compress", "false"));
        LogConfig asked = new LogConfig("json-file", Map.of());
        assertThat(asked.orDefault(new LogConfig("json-file", Map.of()))).isSameAs(asked);
    }

    private static Target target(String driver, Map<String, String> options) {
        return LogOptions.of(new LogConfig(driver, options)).target();
    }

    private static SyslogOptions server(Map<String, String> options) {
        return ((Target.Syslog) target("syslog", options)).server();
    }
}
