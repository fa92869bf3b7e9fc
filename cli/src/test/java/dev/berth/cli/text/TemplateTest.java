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
                "{{.Config.Labels.nothing}}~<no value>",
                "<{{index .Config.Labels \"nothing\"}}>~<>",
                "{{with .Name}}{{.}}{{else}}none{{end}}~/web",
                "{{with .Config.Cmd}}some{{else with .Name}}{{.}}{{end}}~/web",
                "{{if .Config.Cmd}}a{{else if eq .State.Pid 42}}b{{else}}c{{end}}~b",
                "{{$n := 1}}{{if true}}{{$n = 2}}{{end}}{{$n}}~2",
                "{{range .Config.Env}}{{if eq . \"B=2\"}}{{break}}{{end}}{{.}}{{end}}~A=1",
                "{{range .Config.Env}}{{if eq . \"A=1\"}}{{continue}}{{end}}{{.}}{{end}}~B=2",
                "{{range $i, $e := .Config.Env}}{{$i}}{{$e}} {{$.Name}};{{end}}~0A=1 /web;1B=2 /web;",
                "{{slice .Name 1 3}} {{len .Name}} {{pad \"x\" 1 2}}|~we 4  x  |",
                "{{lt 1 2}} {{ge 1 2}} {{ne .Name \"x\"}} {{eq 3 1 2 3}}~true false true true",
                "{{and .State.Running .Name}} {{or \"\" \"b\"}} {{not 0}}~/web b true",
                "{{and .State.Health .State.Health.Status}}~<no value>",
                "{{/* nobody reads this */}}{{`raw\\n`}} {{0x10}} {{1.50}} {{true}}~raw\\n 16 1.5 true",
                "{{title \"ab cd\"}} {{truncate \"abcdef\" 3}} {{join (split \"a,b\" \",\") \"-\"}}~Ab Cd abc a-b",
                "{{print 1 2 \"a\" \"b\" 3}}|{{html \"<a>\"}}|{{urlquery \"a&b\"}}~1 2ab3|&lt;a&gt;|a%26b",
                "{{printf \"%5d|%-5s|%05d|%v|%t|%q|%x\" 1 \"ab\" 42 .Config.Env true \"q\" 255}}~    1|ab   |00042|[A=1 B=2]|true|\"q\"|ff",
                "{{printf \"%d %s\" \"a\"}}~%!d(string=a) %!s(MISSING)",
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
                "a\\tb~a\\tb",
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
                "{{.State.Nothing}}",
                "{{.State.Health.Status}}",
                "{{.Name.Nothing}}",
                "{{len 3}}",
                "{{lt .Name 3}}",
                "{{eq .Name 3}}",
                "{{index .Config.Env 2}}",
                "{{slice .Name 9}}",
                "{{if}}x{{end}}",
                "{{break}}",
                "{{.Name \"x\"}}",
                "{{define \"x\"}}{{end}}",
                "{{\"open}}",
            })
    void whatItCannotReadIsSaid(String template) {
        assertThatThrownBy(() -> new Template(template).apply(CONTAINER))
                .isInstanceOf(CliException.class)
                .hasMessageStartingWith("template parsing error: template: ");
    }
}
