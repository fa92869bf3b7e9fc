package dev.berth.api.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.api.http.RawClient;
import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ApiTest {
    private static final Pattern ID = Pattern.compile("\"Id\":\"([0-9a-f]{64})\"");

    @TempDir
    Path dir;

    private Path tree;
    private Path socket;
    private ServedEngine served;

    @BeforeEach
    void open() throws IOException {
        tree = BusyboxTree.make(dir.resolve("tree"));
        served = ServedEngine.open(dir);
        socket = served.socket();
    }

    @AfterEach
    void close() {
        served.close();
    }

    private String ask(String method, String path, String body) throws IOException {
        try (RawClient client = new RawClient(socket)) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                    + bytes.length + "\r\n\r\n" + new String(bytes, StandardCharsets.ISO_8859_1));
            return client.answer();
        }
    }

    private String get(String path) throws IOException {
        return ask("GET", path, "");
    }

    private String post(String path) throws IOException {
        return ask("POST", path, "");
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    /** Makes a container of the busybox tree, and gives its ID. */
    private String create(String name, String script) throws IOException {
        String answer = ask(
                "POST",
                "/v1.48/containers/create?name=" + name,
                "{\"Cmd\":[\"sh\",\"-c\",\"" + script + "\"],\"HostConfig\":{\"NetworkMode\":\"none\",\"Rootfs\":\""
                        + tree + "\"}}");
        assertThat(status(answer)).isEqualTo(201);
        Matcher id = ID.matcher(answer);
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    @Test
    void pingTellsTheVersionWithoutAskingForOne() throws IOException {
        assertThat(get("/_ping"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nApi-Version: 1.48\r\n", "\r\nOstype: linux\r\n", "\r\nDocker-Experimental: false\r\n")
                .containsIgnoringCase("\r\ncontent-type: text/plain; charset=utf-8\r\n")
                .endsWith("\r\n\r\nOK");
        try (RawClient client = new RawClient(socket)) {
            assertThat(client.send("HEAD /_ping HTTP/1.1\r\nConnection: close\r\n\r\n")
                            .rest())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1.49/version|client version 1.49 is too new. Maximum supported API version is 1.48",
                "/v1.23/version|client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade"
                        + " your client to a newer version"
            })
    void aVersionThatIsNotSpokenIsRefused(String path, String message) throws IOException {
        String answer = get(path);
        assertThat(status(answer)).isEqualTo(400);
        assertThat(body(answer)).isEqualTo("{\"message\":\"" + message + "\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/version", "/v1.24/version", "/v1.48/version"})
    void aVersionThatIsSpokenOrNoneIsFine(String path) throws IOException {
        assertThat(body(get(path))).contains("\"ApiVersion\":\"1.48\"", "\"MinAPIVersion\":\"1.24\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nothing", "/v1.48/nothing", "/v1.x/version", "/containers", "/../etc/passwd"})
    void anUnknownPageIsNotFound(String path) throws IOException {
        String answer = get(path);
        assertThat(status(answer)).isEqualTo(404);
        assertThat(body(answer)).isEqualTo("{\"message\":\"page not found\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "\"text\"",
                "null",
                "7",
                "{\"Cmd\":{\"a\":1}}",
                "{\"Cmd\":[[\"a\"]]}",
                "{\"Env\":5}",
                "{\"Tty\":\"perhaps\"}",
                "{\"Labels\":[1]}",
                "{\"HostConfig\":[]}",
                "{\"HostConfig\":{\"Memory\":\"lots\"}}",
                "{\"HostConfig\":{\"Memory\":1e99}}",
                "{\"HostConfig\":{\"Binds\":[null]}}",
                "{\"HostConfig\":{\"RestartPolicy\":7}}",
                "{\"HostConfig\":{\"Mounts\":[{\"Type\":7,\"Target\":[]}]}}",
                "{\"NetworkingConfig\":{\"EndpointsConfig\":3}}",
                "{\"Image\":\"\\ud800\u0000\"}",
                "{\"Image\":\"x\"} trailing",
                "{\"Image\":\"UPPER\"}",
                "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
            })
    void aDocumentOfAnotherShapeIsABadRequestAndMakesNothing(String json) throws IOException {
        String answer = ask("POST", "/v1.48/containers/create", json);
        assertThat(status(answer)).as(answer).isEqualTo(400);
        assertThat(body(answer)).startsWith("{\"message\":\"").doesNotContain("Exception", "dev.berth");
        assertThat(body(get("/containers/json?all=1"))).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /containers/x/json",
        "POST, /containers/x/start",
        "POST, /containers/x/stop",
        "POST, /containers/x/kill",
        "POST, /containers/x/wait",
        "POST, /containers/x/rename?name=y",
        "POST, /containers/x/attach?stream=1&stdout=1",
        "POST, /containers/x/exec",
        "GET, /containers/x/logs?stdout=1",
        "GET, /containers/x/top",
        "GET, /containers/x/stats",
        "DELETE, /containers/x"
    })
    void aContainerThatIsNotThereIsNotFound(String method, String path) throws IOException {
        String answer = ask(method, path, "{\"Cmd\":[\"true\"]}");
        assertThat(status(answer)).isEqualTo(404);
        assertThat(body(answer)).endsWith("No such container: x\"}");
    }

    @Test
    void whatElseIsNotThereIsNotFoundInDockersWords() throws IOException {
        assertThat(body(ask("POST", "/containers/create", "{\"Image\":\"nothing\"}")))
                .isEqualTo("{\"message\":\"No such image: nothing:latest\"}");
        assertThat(status(get("/images/nothing/json"))).isEqualTo(404);
        assertThat(status(ask("DELETE", "/images/nothing", ""))).isEqualTo(404);
        assertThat(body(get("/exec/x/json"))).isEqualTo("{\"message\":\"No such exec instance: x\"}");
    }

    @Test
    void volumesAreDockers() throws IOException {
        String made = ask("POST", "/volumes/create", "{\"Name\":\"data\",\"Labels\":{\"a\":\"b\"}}");
        assertThat(status(made)).isEqualTo(201);
        assertThat(body(made))
                .contains("\"Driver\":\"local\",\"Labels\":{\"a\":\"b\"},\"Mountpoint\":\"")
                .contains("/volumes/data/_data\",\"Name\":\"data\",\"Options\":null,\"Scope\":\"local\"");
        assertThat(body(ask("POST", "/volumes/create", "{\"Name\":\"data\"}"))).isEqualTo(body(made));
        assertThat(body(get("/volumes"))).contains("\"Name\":\"data\"", "\"Warnings\":null");
        assertThat(body(get("/volumes/data"))).isEqualTo(body(made));
        assertThat(body(get("/volumes/nothing"))).isEqualTo("{\"message\":\"get nothing: no such volume\"}");
        assertThat(status(ask("POST", "/volumes/create", "{\"Name\":\"vv\",\"Driver\":\"x\"}")))
                .isEqualTo(404);
        assertThat(status(ask("POST", "/volumes/create", "{\"Name\":\"vv\",\"ClusterVolumeSpec\":{\"Group\":\"g\"}}")))
                .isEqualTo(501);
        assertThat(body(get("/system/df?type=volume"))).contains("\"UsageData\":{\"RefCount\":0,\"Size\":0}");
        assertThat(body(post("/v1.42/volumes/prune"))).isEqualTo("{\"VolumesDeleted\":null,\"SpaceReclaimed\":0}");
        assertThat(body(post("/v1.41/volumes/prune")))
                .isEqualTo("{\"VolumesDeleted\":[\"data\"],\"SpaceReclaimed\":0}");
        assertThat(status(ask("DELETE", "/volumes/data", ""))).isEqualTo(404);
        assertThat(status(ask("DELETE", "/volumes/data?force=1", ""))).isEqualTo(204);
    }

    @Test
    void whatAContainerTakesUpIsToldAndReclaimed() throws IOException {
        String id = create("one", "echo 12345 >/tmp/f");
        post("/containers/one/start");
        assertThat(body(post("/containers/one/wait"))).contains("\"StatusCode\":0");
        assertThat(body(get("/system/df?type=container")))
                .contains(id, "\"SizeRw\":6")
                .doesNotContain("LayersSize", "BuildCache");
        assertThat(body(get("/system/df"))).contains("\"LayersSize\":", "\"Volumes\":[]", "\"BuildCache\":[]");
        assertThat(status(get("/system/df?type=nothing"))).isEqualTo(400);
        assertThat(body(post("/containers/prune"))).contains(id, "\"SpaceReclaimed\":6");
        assertThat(body(get("/events?since=0&until="
                        + java.time.Instant.now().plusSeconds(1).getEpochSecond())))
                .contains("\"Action\":\"die\"", "\"Action\":\"destroy\"", "\"reclaimed\":\"6\"");
    }

    @Test
    void aContainerLivesByItsRequests() throws IOException {
        String id = create("one", "echo out; echo err >&2; exit 3");
        assertThat(status(post("/containers/one/start"))).isEqualTo(204);
        assertThat(body(post("/containers/one/wait"))).contains("\"StatusCode\":3");
        assertThat(body(get("/v1.48/containers/" + id.substring(0, 12) + "/logs?stdout=1&stderr=1")))
                .contains("\1\0\0\0\0\0\0\4out\n")
                .contains("\2\0\0\0\0\0\0\4err\n");
        assertThat(body(get("/containers/one/json")))
                .contains("\"Status\":\"exited\"", "\"ExitCode\":3", "\"Name\":\"/one\"");
        assertThat(body(get("/containers/json?all=1"))).contains("\"Status\":\"Exited (3) ");
        assertThat(status(ask("DELETE", "/containers/one", ""))).isEqualTo(204);
        assertThat(body(get("/containers/json?all=1"))).isEqualTo("[]");
    }

    @Test
    void aListTooLongForOnePieceIsSentInChunksAndWhole() throws IOException {
        for (int i = 0; i < 60; i++) {
            create("long" + i, "echo " + "x".repeat(500));
        }
        String answer = get("/containers/json?all=1");
        assertThat(answer).containsIgnoringCase("transfer-encoding: chunked\r\n");
        String list = body(answer);
        assertThat(list).startsWith("[{\"Id\":").endsWith("}]");
        for (int i = 0; i < 60; i++) {
            assertThat(list).containsOnlyOnce("\"/long" + i + "\"");
        }
        for (int i = 0; i < 60; i++) {
            ask("DELETE", "/containers/long" + i, "");
        }
        assertThat(get("/containers/json?all=1")).containsIgnoringCase("content-length: 2\r\n");
    }

    @Test
    void whatDoesNotFitItsStateIsSaidByTheStatus() throws IOException {
        create("one", "exec sleep 60");
        assertThat(status(post("/containers/one/stop"))).isEqualTo(304);
        String killed = post("/containers/one/kill");
        assertThat(status(killed)).isEqualTo(409);
        assertThat(body(killed)).endsWith(" is not running\"}");
        assertThat(status(post("/containers/one/start"))).isEqualTo(204);
        assertThat(status(post("/containers/one/start"))).isEqualTo(304);
        assertThat(status(post("/containers/one/unpause"))).isEqualTo(409);
        String removed = ask("DELETE", "/containers/one", "");
        assertThat(status(removed)).isEqualTo(409);
        assertThat(body(removed)).contains("cannot remove container", "container is running");
        String again = ask(
                "POST",
                "/containers/create?name=one",
                "{\"Cmd\":[\"true\"],\"HostConfig\":{\"Rootfs\":\"" + tree + "\"}}");
        assertThat(status(again)).isEqualTo(409);
        assertThat(body(again)).contains("Conflict. The container name \\\"/one\\\" is already in use by container");
        assertThat(status(ask("DELETE", "/containers/one?force=1", ""))).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|/containers/json?filters=[]",
                "GET|/containers/json?filters={",
                "GET|/containers/json?filters=%7B%22colour%22:[%22red%22]%7D",
                "GET|/containers/json?limit=some",
                "GET|/images/json?filters=%7B%22colour%22:[%22red%22]%7D",
                "GET|/containers/one/logs",
                "POST|/containers/one/wait?condition=soon",
                "POST|/containers/one/kill?signal=NOTHING",
                "POST|/containers/one/resize?h=-1&w=1",
                "POST|/containers/one/resize?h=x&w=1",
                "POST|/containers/one/exec",
                "POST|/containers/one/rename?name=a%20b",
                "POST|/containers/create?name=..%2Fx",
                "POST|/containers/create?platform=a/b/c/d/e",
                "POST|/images/create",
                "POST|/images/create?fromImage=UPPER",
                "POST|/images/create?fromImage=debian&tag=a%20b",
            })
    void aParameterOfAnotherKindIsABadRequest(String method, String path) throws IOException {
        create("one", "true");
        String answer = ask(method, path, "");
        assertThat(status(answer)).as(answer).isEqualTo(400);
        assertThat(body(answer)).startsWith("{\"message\":\"").doesNotContain("Exception", "dev.berth");
        assertThat(status(ask("DELETE", "/containers/one", ""))).isEqualTo(204);
    }

    @Test
    void aStreamOfTheWrongSizeOfConsoleIsABadRequest() throws IOException {
        create("one", "exec sleep 60");
        post("/containers/one/start");
        Matcher exec = ID.matcher(ask("POST", "/containers/one/exec", "{\"Cmd\":[\"true\"],\"Tty\":true}"));
        assertThat(exec.find()).isTrue();
        for (String size : List.of("[null,1]", "[-1,1]", "[1,70000]")) {
            assertThat(status(ask(
                            "POST",
                            "/exec/" + exec.group(1) + "/start",
                            "{\"Tty\":true,\"ConsoleSize\":" + size + "}")))
                    .isEqualTo(400);
        }
        assertThat(status(ask("DELETE", "/containers/one?force=1", ""))).isEqualTo(204);
    }

    @Test
    void whatIsNoArchiveIsNotLoaded() throws IOException {
        String answer = ask("POST", "/images/load", "this is no tar, however long it may be".repeat(100));
        assertThat(answer).doesNotContain("Exception", "dev.berth");
        assertThat(body(answer)).contains("essage\":\"");
        assertThat(body(get("/images/json"))).isEqualTo("[]");
    }
}
