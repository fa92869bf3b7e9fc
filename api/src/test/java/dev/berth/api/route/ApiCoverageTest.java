package dev.berth.api.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.api.http.RawClient;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Asks a real engine for every endpoint of Docker's list and for every field of a request to create a container, and
 * holds API_COVERAGE.md against what it does. A field is either seen again in what inspect answers, or refused by its
 * name: what is taken and dropped fails the test.
 */
@Needs(Need.ROOT)
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ApiCoverageTest {
    private static final Path TABLE = Path.of(System.getProperty("basedir", "."), "..", "API_COVERAGE.md");
    private static final String WRITE = "api.coverage";
    private static final String REGENERATE = "mvn -pl api -am test -Dtest=ApiCoverageTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=write";
    private static final Pattern ENDPOINT = Pattern.compile("([A-Z]+) (/\\S*)( (\\S+))?");
    private static final Pattern FIELD = Pattern.compile("(\\S+) ([=!~]) (.*?)( & (\\{.*?}))?( # (.*))?");
    private static final Jsonb JSON = Jsonb.builder().build();

    @TempDir
    Path dir;

    private Path socket;
    private ServedEngine served;

    /** The network that containers ask for places in. */
    private static final String PROBED = "probed";

    @BeforeEach
    void open() throws IOException {
        served = ServedEngine.open(dir);
        socket = served.socket();
    }

    @AfterEach
    void close() {
        served.close();
    }

    /** What the engine makes of an endpoint or a field; the name stands in the table. */
    private enum Status {
        HONOURED("honoured"),
        REFUSED("refused by name"),
        NOT_HERE("not on this level");

        private final String words;

        Status(String words) {
            this.words = words;
        }
    }

    private record Row(String name, Status status, String note) {}

    private record Answer(int status, String body) {
        String message() {
            Object tree = JSON.type(Object.class).fromJson(body);
            return tree instanceof Map<?, ?> map ? String.valueOf(map.get("message")) : body;
        }
    }

    @Test
    void everyEndpointAndFieldIsHonouredOrRefusedByName() throws IOException {
        Map<String, List<String>> sections = sections();
        Map<String, List<Row>> rows = new LinkedHashMap<>();
        SoftAssertions softly = new SoftAssertions();
        sections.forEach((section, lines) -> {
            if (section.equals("HostConfig")) { // some of it is about another container
                ask("POST", "/containers/create?name=coverage", request("Config", "Tty", "false", Optional.empty()));
            }
            if (section.equals("NetworkingConfig")) {
                ask(
                        "POST",
                        "/networks/create",
                        "{\"Name\":\"" + PROBED + "\",\"EnableIPv6\":true,\"IPAM\":{\"Config\":["
                                + "{\"Subnet\":\"10.0.0.0/24\"},{\"Subnet\":\"fd00::/64\"}]}}");
            }
            List<Row> found = new ArrayList<>();
            for (String line : lines) {
                softly.check(() -> found.add(section.equals("endpoints") ? endpoint(line) : field(section, line)));
            }
            rows.put(section, found);
        });
        softly.assertAll();
        String table = table(rows);
        if ("write".equals(System.getProperty(WRITE))) {
            Files.writeString(TABLE, table);
        }
        assertThat(Files.readString(TABLE))
                .as("API_COVERAGE.md is what the engine does; write it anew by: " + REGENERATE)
                .isEqualTo(table);
    }

    private static Map<String, List<String>> sections() throws IOException {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : resource().lines().toList()) {
            if (line.startsWith("[") && line.endsWith("]") && !line.contains(" ")) {
                current = new ArrayList<>();
                sections.put(line.substring(1, line.length() - 1), current);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                current.add(line);
            }
        }
        return sections;
    }

    private static String resource() throws IOException {
        try (InputStream in = Objects.requireNonNull(ApiCoverageTest.class.getResourceAsStream("docker-api"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** An endpoint is there if it knows what it is asked for: a container that is missing, say. */
    private Row endpoint(String line) {
        Matcher parts = ENDPOINT.matcher(line);
        assertThat(parts.matches()).as(line).isTrue();
        String extra = parts.group(4) == null ? "" : parts.group(4);
        String path = parts.group(2)
                        .replaceAll("\\{[a-z]+}", "nosuch")
                        .replace("/distribution/", "/distribution/localhost:1/") // nobody far away is asked
                + (extra.startsWith("?") ? extra : "");
        Answer answer = ask(parts.group(1), path, extra.startsWith("{") ? extra : "{}");
        assertThat(answer.body()).as("no row for " + line).doesNotContain("page not found");
        String name = parts.group(1) + " " + parts.group(2);
        return answer.status() == 501
                ? new Row(name, Status.REFUSED, answer.message())
                : new Row(name, Status.HONOURED, "");
    }

    private Row field(String section, String line) {
        Matcher parts = FIELD.matcher(line);
        assertThat(parts.matches()).as(line).isTrue();
        String path = parts.group(1);
        String top = path.split("[.\\[{]", 2)[0];
        Answer answer = ask(
                "POST",
                "/containers/create?name=probe",
                request(section, top, parts.group(3), Optional.ofNullable(parts.group(5))));
        String note = parts.group(7) == null ? "" : parts.group(7);
        Object given = JSON.type(Object.class).fromJson("{\"" + top + "\":" + parts.group(3) + "}");
        if (answer.status() == 201) {
            Object seen = inspected(section, answer);
            boolean same = holds(at(seen, path), at(given, path));
            if (parts.group(2).equals("~")) {
                assertThat(same)
                        .as("what is said to be an answer's alone: " + line)
                        .isFalse();
                return new Row(path, Status.NOT_HERE, "an answer's: what a request says of it is passed over");
            }
            assertThat(same)
                    .as("taken and dropped: %s; inspect says %s", line, at(seen, path))
                    .isTrue();
            assertThat(parts.group(2)).as("honoured: " + line).isEqualTo("=");
            return new Row(path, Status.HONOURED, note);
        }
        String leaf = path.substring(path.lastIndexOf('.') + 1);
        assertThat(answer.message()).as("the refusal of " + line).containsPattern(nameOfOne(path, leaf));
        return new Row(
                path, parts.group(2).equals("!") ? Status.NOT_HERE : Status.REFUSED, firstSentence(answer.message()));
    }

    /** The field itself, or what it is a part of. */
    private static Pattern nameOfOne(String path, String leaf) {
        List<String> names = new ArrayList<>(List.of(leaf));
        for (String part : path.split("\\.", -1)) {
            names.add(part.replaceAll("[\\[\\]{}]", ""));
        }
        return Pattern.compile("\\b(" + String.join("|", names) + ")\\b");
    }

    private static String request(String section, String name, String value, Optional<String> more) {
        Map<String, Object> config = tree("{\"Image\":\"hello-world\",\"Cmd\":[\"/hello\"]}");
        String network = section.equals("NetworkingConfig") ? PROBED : "none";
        Map<String, Object> host = tree("{\"NetworkMode\":\"" + network + "\"}");
        Map<String, Object> networking = tree("{}");
        Map<String, Object> asked =
                section.equals("Config") ? config : section.equals("HostConfig") ? host : networking;
        asked.putAll(tree("{\"" + name + "\":" + value + "}"));
        more.ifPresent(members -> asked.putAll(tree(members)));
        config.put("HostConfig", host);
        config.put("NetworkingConfig", networking);
        return JSON.type(Object.class).toJson(config);
    }

    @SuppressWarnings("unchecked") // an object is read as a map
    private static Map<String, Object> tree(String json) {
        return new LinkedHashMap<>((Map<String, Object>) JSON.type(Object.class).fromJson(json));
    }

    /** What inspect says in the request's section; the container is gone afterwards. */
    private Object inspected(String section, Answer created) {
        String id = String.valueOf(tree(created.body()).get("Id"));
        Map<String, Object> all =
                tree(ask("GET", "/containers/" + id + "/json", "").body());
        assertThat(ask("DELETE", "/containers/" + id, "").status()).isEqualTo(204);
        if (section.equals("NetworkingConfig")) {
            Object networks = at(all, "NetworkSettings.Networks");
            return networks == null ? Map.of() : Map.of("EndpointsConfig", networks);
        }
        return Objects.requireNonNull(all.get(section));
    }

    /** What is found in a tree at {@code a[].b{}.c}: the first element of each list, the first member of each map. */
    private static @Nullable Object at(@Nullable Object tree, String path) {
        Object current = tree;
        Matcher step = Pattern.compile("[A-Za-z0-9]+|\\[]|\\{}").matcher(path);
        while (step.find()) {
            current = switch (current) {
                case Map<?, ?> map
                when step.group().equals("{}") ->
                    map.values().stream().findFirst().orElse(null);
                case Map<?, ?> map -> map.get(step.group());
                case List<?> list when step.group().equals("[]") && !list.isEmpty() -> list.getFirst();
                case null, default -> null;
            };
        }
        return current;
    }

    /** Whether all that was given is seen; an image or a default may have added to it. */
    private static boolean holds(@Nullable Object seen, @Nullable Object given) {
        return switch (given) {
            case Map<?, ?> map ->
                seen instanceof Map<?, ?> members
                        && map.entrySet().stream().allMatch(e -> holds(members.get(e.getKey()), e.getValue()));
            case List<?> list ->
                seen instanceof List<?> elements
                        && list.stream().allMatch(e -> elements.stream().anyMatch(other -> holds(other, e)));
            case Number number -> seen instanceof Number other && other.doubleValue() == number.doubleValue();
            case null, default -> Objects.equals(seen, given);
        };
    }

    private static String firstSentence(String message) {
        return message.replace("|", "\\|").replaceAll("\\s+", " ");
    }

    private static String table(Map<String, List<Row>> sections) {
        StringBuilder text = new StringBuilder("""
                # What of Docker's Engine API there is

                Each endpoint of version 1.48, and each field of a request to create a container, as a real engine answered when it
                was asked: *honoured*, *refused by name* (with what it says then), or *not on this level*, which is what belongs to
                another operating system or to answers alone. Nothing is taken and dropped: the test that writes this table fails
                then. Do not edit it; write it anew by

                """);
        text.append("    ").append(REGENERATE).append("\n\n");
        sections.forEach((section, rows) -> {
            long honoured =
                    rows.stream().filter(row -> row.status() == Status.HONOURED).count();
            text.append("## ")
                    .append(section.equals("endpoints") ? "Endpoints" : section)
                    .append("\n\n")
                    .append(honoured)
                    .append(" of ")
                    .append(rows.size())
                    .append(" are honoured.\n\n| ")
                    .append(section.equals("endpoints") ? "endpoint" : "field")
                    .append(" | | note |\n|---|---|---|\n");
            rows.forEach(row -> text.append("| `")
                    .append(row.name())
                    .append("` | ")
                    .append(row.status().words)
                    .append(" | ")
                    .append(row.note())
                    .append(" |\n"));
            text.append('\n');
        });
        return text.substring(0, text.length() - 1);
    }

    private Answer ask(String method, String path, String body) {
        try (RawClient client = new RawClient(socket)) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            client.send(method + " /v1.47" + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                    + bytes.length + "\r\n\r\n" + new String(bytes, StandardCharsets.ISO_8859_1));
            String answer = method.equals("HEAD") ? client.head() : client.answer();
            return new Answer(
                    Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length())),
                    answer.substring(answer.indexOf("\r\n\r\n") + 4));
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + ": " + e.getMessage(), e);
        }
    }
}
