package dev.berth.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final Tree CONTAINER = Json.parse("""
            {"Name": "/web", "State": {"Running": true, "Pid": 42, "Health": null},
             "Config": {"Env": ["A=1", "B=2"], "Cmd": [], "Labels": {"a.b": "c"}},
             "NetworkSettings": {"Networks": {"one": {"IPAddress": "10.0.0.1"}, "two": {"IPAddress": "10.0.0.2"}}}}
            """);

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "plain~plain",
                "{{.Name}}~/web",
                "{{ .State.Pid }}~42",
                "{{.State.Running}}~true",
                "{{.Config.Env}}~[A=1 B=2]",
                "{{.Config.Labels}}~map[a.b:c]",
                "{{json .Config.Env}}~[\"A=1\",\"B=2\"]",
                "{{.Config.Env | json}}~[\"A=1\",\"B=2\"]",
                "{{json .State.Health}}~null",
                "{{.State.Nothing}}~<no value>",
                "{{index .Config.Labels \"a.b\"}}~c",
                "{{index .Config.Env 1}}~B=2",
                "{{(index .NetworkSettings.Networks \"two\").IPAddress}}~10.0.0.2",
                "{{len .Config.Env}}~2",
                "{{join .Config.Env \",\"}}~A=1,B=2",
                "{{upper .Name}}~/WEB",
                "{{range .Config.Env}}<{{.}}>{{end}}~<A=1><B=2>",
                "{{range .Config.Cmd}}x{{else}}none{{end}}~none",
                "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}~10.0.0.1 10.0.0.2 ",
                "{{range $name, $net := .NetworkSettings.Networks}}{{$name}}={{$net.IPAddress}};{{end}}~one=10.0.0.1;two=10.0.0.2;",
                "{{if .State.Running}}up{{else}}down{{end}}~up",
                "{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}~none",
                "{{if eq .State.Pid 42}}yes{{end}}~yes",
                "{{if not .State.Running}}no{{else}}yes{{end}}~yes",
                "{{printf \"%s-%d\" .Name .State.Pid}}~/web-42",
                "{{printf \"%.3s|%5d\" .Name .State.Pid}}~/we|   42",
                "a\\tb~a\tb",
                "a {{- .Name -}} b~a/webb",
            })
    void itWritesWhatGoWould(String template, String text) {
        assertThat(new Template(template).apply(CONTAINER)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{.Name",
                "{{}}",
                "{{end}}",
                "{{else}}",
                "{{if .Name}}",
                "{{range .Config.Env}}x",
                "{{nonsense .Name}}",
                "{{join .Name}}",
                "{{join .Config.Env}}",
                "{{split .Name}}",
                "{{truncate .Name}}",
                "{{truncate .Name \"x\"}}",
                "{{index}}",
                "{{printf}}",
                "{{.Name | }}",
                "{{$unknown}}",
            })
    void whatItCannotReadIsSaid(String template) {
        assertThatThrownBy(() -> new Template(template).apply(CONTAINER))
                .isInstanceOf(CliException.class)
                .hasMessageStartingWith("template parsing error: template: ");
    }
}
