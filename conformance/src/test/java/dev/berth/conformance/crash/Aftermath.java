package dev.berth.conformance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.conformance.crash.Client.Presence;
import dev.berth.conformance.crash.Expectation.Word;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds the next daemon against what the clients of the last one were promised, and against the host. */
final class Aftermath {
    private static final int KILLED = 137;
    private static final String OF_A_BUILD = "dev.berth.build";
    private static final long NOTED_SOON_NANOS = 10_000_000_000L;

    private final SocketClient daemon;
    private final Traces traces;
    /** Whether containers outlive a daemon. */
    private final boolean live;

    private final Set<String> known = new HashSet<>();
    private int unfinished;
    private long lines;

    Aftermath(SocketClient daemon, Traces traces, boolean live) {
        this.daemon = daemon;
        this.traces = traces;
        this.live = live;
    }

    /** How many remains of interrupted work were found and removed so far. */
    int unfinished() {
        return unfinished;
    }

    /** How many lines of output were looked at so far. */
    long lines() {
        return lines;
    }

    /** Checks everything; afterwards the clients know what became of what was not answered. */
    void check(List<Client> clients) throws IOException, InterruptedException {
        store();
        Map<String, Tree> containers = containers();
        for (Client client : clients) {
            for (Expectation expected : client.containers()) {
                container(expected, containers);
            }
            client.containers().removeIf(expected -> !containers.containsKey(expected.name));
        }
        images(clients);
        names(
                daemon.get("/networks").json().list(),
                clients.stream().map(Client::networks).toList());
        names(
                daemon.get("/volumes").json().get("Volumes").list(),
                clients.stream().map(Client::volumes).toList());
        host();
    }

    /** Those of networks or volumes that must be there are, and those that must not be are not. */
    private static void names(List<Tree> found, List<Map<String, Presence>> known) {
        List<String> names = found.stream().map(one -> one.text("Name")).toList();
        assertThat(names).doesNotHaveDuplicates();
        for (Map<String, Presence> ofClient : known) {
            settle(ofClient, names);
        }
    }

    private static void settle(Map<String, Presence> known, Collection<String> names) {
        known.forEach((name, presence) -> {
            if (presence != Presence.UNKNOWN) {
                assertThat(names.contains(name))
                        .as("%s, which is %s", name, presence)
                        .isEqualTo(presence == Presence.THERE);
            }
        });
        known.replaceAll((name, presence) -> names.contains(name) ? Presence.THERE : Presence.GONE);
    }

    private void store() throws IOException {
        for (String line : findings("/berth/system/fsck?repair=1")) {
            assertThat(line).as("a finding of fsck").contains("\"unfinished\"").contains("\"repaired\"");
            unfinished++;
        }
        assertThat(findings("/berth/system/fsck")).as("findings after a repair").isEmpty();
    }

    /** Once all images were removed, there is no record of one, and no layer. */
    void noImages() throws IOException {
        store();
        assertThat(traces.ofImages()).isEmpty();
    }

    private List<String> findings(String path) throws IOException {
        List<String> lines =
                new ArrayList<>(List.of(daemon.post(path, "").text().split("\r?\n")));
        assertThat(Json.parse(lines.removeLast()).get("Findings").isMissing())
                .as("the end of fsck's answer")
                .isFalse();
        return lines;
    }

    /** All containers, inspected, by their names, but for what builds have left, which is about to go. */
    private Map<String, Tree> containers() throws IOException {
        Map<String, Tree> found = new HashMap<>();
        for (Tree listed : daemon.get("/containers/json?all=1").json().list()) {
            if (listed.map("Labels").containsKey(OF_A_BUILD)) {
                continue;
            }
            SocketClient.Answer answer = daemon.get("/containers/" + listed.text("Id") + "/json");
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            Tree container = answer.json();
            known.add(container.text("Id"));
            assertThat(found.put(container.text("Name").substring(1), container))
                    .as("a second container of the name %s", container.text("Name"))
                    .isNull();
        }
        return found;
    }

    private void container(Expectation expected, Map<String, Tree> containers)
            throws IOException, InterruptedException {
        Tree container = containers.get(expected.name);
        if (container == null) {
            assertThat(expected.mustExist()).as("%s is gone", expected).isFalse();
            return;
        }
        assertThat(expected.mustNotExist()).as("%s is there", expected).isFalse();
        String status = container.text("State", "Status");
        boolean running = container.flag("State", "Running");
        int code = (int) container.number("State", "ExitCode");
        String what = expected + " is " + status + " with exit code " + code;
        if (running) {
            assertThat(status).as(what).isEqualTo("running");
            mustRun(expected, container.text("Id"), container.number("State", "Pid"), what);
        } else if (status.equals("created")) {
            assertThat(expected.started).as(what).isNotEqualTo(Word.ANSWERED);
        } else {
            assertThat(status).as(what).isEqualTo("exited");
            assertThat(expected.started).as(what).isNotEqualTo(Word.NO);
            ended(expected, code, what);
        }
        output(expected, running, code);
        settle(expected, status, running);
    }

    /** The state may be a moment old: one that prints a number of lines may have ended since, and is soon known to have. */
    private void mustRun(Expectation expected, String id, long pid, String what)
            throws IOException, InterruptedException {
        if (!Traces.isIn(pid, id) && expected.lines > 0) {
            long deadline = System.nanoTime() + NOTED_SOON_NANOS;
            boolean stillRuns = true;
            while (stillRuns && System.nanoTime() < deadline) {
                stillRuns = daemon.get("/containers/" + id + "/json").json().flag("State", "Running");
                Thread.sleep(20);
            }
            assertThat(stillRuns)
                    .as("%s, and its process %d is gone", what, pid)
                    .isFalse();
            return;
        }
        assertThat(Traces.isIn(pid, id))
                .as("%s, and its process is %d", what, pid)
                .isTrue();
        assertThat(expected.killed).as(what).isNotEqualTo(Word.ANSWERED);
    }

    private void ended(Expectation expected, int code, String what) {
        boolean mayBeKilled = expected.killed != Word.NO || expected.removed != Word.NO || (!live && expected.crashed);
        boolean mayEnd = expected.lines > 0;
        assertThat((mayEnd && code == expected.exitCode) || (mayBeKilled && code == KILLED))
                .as(what)
                .isTrue();
        if (code == KILLED) {
            expected.killed = Word.ANSWERED;
        }
    }

    /** Consecutive numbers from 1, each once; to the last where it ended by itself; going on where it runs. */
    private void output(Expectation expected, boolean running, int code) throws IOException, InterruptedException {
        int printed = numbers(expected);
        lines += printed;
        boolean byItself = !running && code == expected.exitCode && code != KILLED;
        if (expected.lines > 0 && byItself && expected.started != Word.NO && (live || !expected.crashed)) {
            assertThat(printed)
                    .as("lines of %s", expected)
                    .isIn(expected.lines, expected.started == Word.ASKED ? 0 : -1);
        }
        if (running && expected.lines == 0) {
            for (int i = 0; numbers(expected) <= printed; i++) {
                assertThat(i)
                        .as("%s prints no more after %d lines", expected, printed)
                        .isLessThan(600);
                Thread.sleep(20);
            }
        }
    }

    private int numbers(Expectation expected) throws IOException {
        SocketClient.Answer answer = daemon.get("/containers/" + expected.name + "/logs?stdout=1");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        int last = 0;
        for (String line : text(answer.body()).split("\n", -1)) {
            if (!line.isEmpty()) {
                assertThat(line).as("after line %d of %s", last, expected).isEqualTo(String.valueOf(last + 1));
                last++;
            }
        }
        return last;
    }

    /** What is in the frames. */
    private static String text(byte[] frames) {
        StringBuilder text = new StringBuilder();
        java.nio.ByteBuffer rest = java.nio.ByteBuffer.wrap(frames);
        while (rest.hasRemaining()) {
            rest.getInt();
            byte[] content = new byte[rest.getInt()];
            rest.get(content);
            text.append(new String(content, java.nio.charset.StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    /** What was not answered is known from now on. */
    private static void settle(Expectation expected, String status, boolean running) {
        expected.created = Word.ANSWERED;
        expected.removed = Word.NO;
        if (expected.started == Word.ASKED) {
            expected.started = status.equals("created") ? Word.NO : Word.ANSWERED;
        }
        if (expected.killed == Word.ASKED) {
            expected.killed = running ? Word.NO : Word.ANSWERED;
        }
    }

    private void images(List<Client> clients) throws IOException {
        Set<String> names = new HashSet<>();
        for (Tree image : daemon.get("/images/json").json().list()) {
            List<String> tags = image.texts("RepoTags");
            assertThat(tags)
                    .as("names of image %s", image.text("Id"))
                    .isNotEmpty()
                    .doesNotContain("<none>:<none>");
            names.addAll(tags);
            SocketClient.Answer inspected = daemon.get("/images/" + image.text("Id") + "/json");
            assertThat(inspected.status()).as(inspected.text()).isEqualTo(200);
        }
        assertThat(names).contains(Fixture.BASE);
        for (Client client : clients) {
            settle(client.images(), names);
        }
    }

    private static Set<String> endpoints(Tree container) {
        Set<String> ids = new HashSet<>();
        container.map("NetworkSettings", "Networks").values().forEach(place -> ids.add(place.text("EndpointID")));
        ids.remove("");
        return ids;
    }

    /** What interfaces there are too many, or too few, for these endpoints and for all networks. */
    private Set<String> interfaces(Set<String> endpoints) throws IOException {
        Set<String> wrong = new HashSet<>();
        Set<String> there = traces.interfaces();
        Set<String> networks = new HashSet<>();
        daemon.get("/networks").json().list().forEach(network -> networks.add(network.text("Id")));
        for (String name : there) {
            boolean wanted = endpoints.stream().anyMatch(id -> isOf(name, id))
                    || networks.stream().anyMatch(id -> name.equals("br-" + id.substring(0, 12)));
            wrong.add(wanted ? "" : "interface " + name);
        }
        for (String endpoint : endpoints) {
            boolean has = there.stream().anyMatch(name -> isOf(name, endpoint));
            wrong.add(has ? "" : "no interface of endpoint " + endpoint);
        }
        return wrong;
    }

    private static boolean isOf(String name, String endpoint) {
        return name.startsWith("veth") && endpoint.startsWith(name.substring("veth".length()));
    }

    /** Nothing is there of containers that do not run. What has ended a moment ago may take a moment to go. */
    private void host() throws IOException, InterruptedException {
        assertThat(traces.mounts()).as("mounts").isEmpty();
        for (int attempt = 0; ; attempt++) {
            Set<String> running = new HashSet<>();
            Set<String> endpoints = new HashSet<>();
            for (Tree container : containers().values()) {
                if (container.flag("State", "Running")) {
                    running.add(container.text("Id"));
                    endpoints.addAll(endpoints(container));
                }
            }
            Set<String> left = new HashSet<>(interfaces(endpoints));
            traces.processes()
                    .forEach((pid, id) -> left.add(running.contains(id) ? "" : "process " + pid + " of " + id));
            for (String id : traces.cgroups(known)) {
                left.add(running.contains(id) ? "" : "control group of " + id);
            }
            for (Tree listed : daemon.get("/containers/json?all=1").json().list()) {
                left.add(listed.map("Labels").containsKey(OF_A_BUILD) ? "container of a build" : "");
            }
            left.remove("");
            if (left.isEmpty()) {
                return;
            }
            assertThat(attempt)
                    .as("left of containers that do not run: %s", left)
                    .isLessThan(100);
            Thread.sleep(100);
        }
    }
}
