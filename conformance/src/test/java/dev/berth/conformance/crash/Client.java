package dev.berth.conformance.crash;

import dev.berth.conformance.crash.Expectation.Word;
import dev.berth.conformance.crash.SocketClient.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One of many that load the daemon, with containers and names of images of its own. It asks for one thing after the
 * other until an answer fails to come, and remembers what it was promised.
 */
final class Client {
    private static final int MOST_CONTAINERS = 4;
    private static final int MOST_COMMITS = 3;

    private final SocketClient daemon;
    private final int number;
    private final Random random;
    private final Fixture fixture;
    private final List<Expectation> containers = new ArrayList<>();
    /** What is known of the names of images that this client gives. */
    private final Map<String, Presence> images = new HashMap<>();

    /** The same of its network and its volume. */
    private final Map<String, Presence> networks = new HashMap<>();

    private final Map<String, Presence> volumes = new HashMap<>();

    private int made;
    private final AtomicInteger done = new AtomicInteger();
    private volatile String doing = "nothing";

    /** Whether a name is there. */
    enum Presence {
        THERE,
        GONE,
        UNKNOWN
    }

    Client(SocketClient daemon, int number, Random random, Fixture fixture) {
        this.daemon = daemon;
        this.number = number;
        this.random = random;
        this.fixture = fixture;
    }

    List<Expectation> containers() {
        return containers;
    }

    Map<String, Presence> images() {
        return images;
    }

    Map<String, Presence> networks() {
        return networks;
    }

    Map<String, Presence> volumes() {
        return volumes;
    }

    int done() {
        return done.get();
    }

    String doing() {
        return doing;
    }

    /** Works until the daemon does not answer any more. */
    void work() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                one();
                done.incrementAndGet();
            }
        } catch (IOException e) {
            return; // that is what we wait for
        }
    }

    private void one() throws IOException {
        List<Expectation> alive =
                containers.stream().filter(each -> each.removed == Word.NO).toList();
        int what = random.nextInt(100);
        if (alive.size() >= MOST_CONTAINERS || (what < 10 && !alive.isEmpty())) {
            remove(alive.get(random.nextInt(alive.size())));
        } else if (what < 35 || alive.isEmpty()) {
            create();
        } else {
            Expectation container = alive.get(random.nextInt(alive.size()));
            if (what < 50) {
                exec(container);
            } else if (what < 58) {
                logs(container);
            } else if (what < 66) {
                kill(container);
            } else if (what < 70) {
                toggle("network", networks, fixture.network(number), 403);
            } else if (what < 74) {
                toggle("volume", volumes, fixture.volume(number), 409);
            } else if (what < 81) {
                commit(container);
            } else if (what < 89) {
                pull();
            } else if (what < 93) {
                load();
            } else if (what < 97) {
                build();
            } else {
                save();
            }
        }
    }

    private void create() throws IOException {
        boolean endless = random.nextBoolean();
        int lines = endless ? 0 : 1 + random.nextInt(60);
        int code = endless ? 0 : random.nextInt(100);
        Expectation container = new Expectation("c" + number + "-" + ++made, lines, code);
        containers.add(container);
        container.created = Word.ASKED;
        boolean withVolume = random.nextInt(3) == 0;
        if (withVolume && volumes.get(fixture.volume(number)) != Presence.THERE) {
            volumes.put(fixture.volume(number), Presence.UNKNOWN); // it comes with the container
        }
        Answer created = ask(
                "create",
                "POST",
                "/containers/create?name=" + container.name,
                fixture.create(lines, code, host(withVolume)));
        must(created, 201);
        if (withVolume) {
            volumes.put(fixture.volume(number), Presence.THERE);
        }
        container.created = Word.ANSWERED;
        if (random.nextInt(5) > 0) {
            container.started = Word.ASKED;
            must(ask("start", "POST", "/containers/" + container.name + "/start", ""), 204);
            container.started = Word.ANSWERED;
        }
    }

    private Map<String, Object> host(boolean withVolume) {
        Map<String, Object> host = new HashMap<>(Map.of("NetworkMode", "none"));
        if (networks.get(fixture.network(number)) == Presence.THERE && random.nextBoolean()) {
            host.put("NetworkMode", fixture.network(number));
            host.put("PortBindings", Map.of("80/tcp", List.of(Map.of("HostIp", "127.0.0.1"))));
        }
        if (withVolume) {
            host.put("Binds", List.of(fixture.volume(number) + ":/data"));
        }
        return host;
    }

    /** Makes a network or a volume, or removes it, unless containers have it. */
    private void toggle(String kind, Map<String, Presence> known, String name, int inUse) throws IOException {
        boolean there = known.get(name) == Presence.THERE;
        known.put(name, Presence.UNKNOWN);
        if (there) {
            Answer answer = ask(kind + " rm", "DELETE", "/" + kind + "s/" + name, "");
            if (answer.status() != inUse) {
                must(answer, 204);
            }
            known.put(name, answer.status() == inUse ? Presence.THERE : Presence.GONE);
        } else {
            must(ask(kind + " create", "POST", "/" + kind + "s/create", "{\"Name\":\"" + name + "\"}"), 201);
            known.put(name, Presence.THERE);
        }
    }

    private void remove(Expectation container) throws IOException {
        container.removed = Word.ASKED;
        Answer answer = ask("rm", "DELETE", "/containers/" + container.name + "?force=1", "");
        if (answer.status() != 404 || container.created == Word.ANSWERED) {
            must(answer, 204);
        }
        container.removed = Word.ANSWERED;
    }

    private void kill(Expectation container) throws IOException {
        if (container.started != Word.ANSWERED || container.killed != Word.NO) {
            return;
        }
        container.killed = Word.ASKED;
        Answer answer = ask("kill", "POST", "/containers/" + container.name + "/kill", "");
        if (answer.status() != 409) { // ended by itself, or with an engine
            must(answer, 204);
        }
        container.killed = answer.isDone() ? Word.ANSWERED : Word.NO;
    }

    private void exec(Expectation container) throws IOException {
        String create = "{\"AttachStdout\":true,\"Tty\":true,\"Cmd\":[\"echo\",\"here\"]}";
        Answer created = ask("exec", "POST", "/containers/" + container.name + "/exec", create);
        if (created.isDone()) {
            String id = created.json().text("Id");
            Answer output = ask("exec start", "POST", "/exec/" + id + "/start", "{\"Tty\":true}");
            if (output.status() == 200 && !output.text().equals("here\r\n") && container.lines == 0) {
                daemon.get("/_ping"); // else the daemon's end has cut it off
                throw new AssertionError("exec in " + container + " printed: " + output.text());
            }
        }
    }

    private void logs(Expectation container) throws IOException {
        Answer logs = ask("logs", "GET", "/containers/" + container.name + "/logs?stdout=1", "");
        if (container.created == Word.ANSWERED) {
            must(logs, 200);
        }
    }

    private void commit(Expectation container) throws IOException {
        String repository = "commit/c" + number;
        String tag = "t" + random.nextInt(MOST_COMMITS);
        String name = repository + ":" + tag;
        if (images.getOrDefault(name, Presence.GONE) == Presence.THERE) {
            removeImage(name);
            return;
        }
        if (container.created != Word.ANSWERED) {
            return;
        }
        images.put(name, Presence.UNKNOWN);
        must(
                ask(
                        "commit",
                        "POST",
                        "/commit?container=" + container.name + "&repo=" + repository + "&tag=" + tag,
                        "{}"),
                201);
        images.put(name, Presence.THERE);
    }

    private void pull() throws IOException {
        String name = fixture.pulled(number);
        if (images.getOrDefault(name, Presence.GONE) == Presence.THERE) {
            removeImage(name);
            return;
        }
        images.put(name, Presence.UNKNOWN);
        String repository = name.substring(0, name.lastIndexOf(':'));
        Answer answer = ask("pull", "POST", "/images/create?fromImage=" + repository + "&tag=1", "");
        must(answer, 200);
        noLaterError("pull", answer);
        images.put(name, Presence.THERE);
    }

    private void load() throws IOException {
        String name = fixture.loaded(number);
        if (images.getOrDefault(name, Presence.GONE) == Presence.THERE) {
            removeImage(name);
            return;
        }
        images.put(name, Presence.UNKNOWN);
        doing = "load";
        Answer answer = daemon.send("POST", "/images/load", fixture.archive(number), "application/x-tar");
        must(answer, 200);
        noLaterError("load", answer);
        images.put(name, Presence.THERE);
    }

    /** A step that all clients' builds have in common, and one of its own. */
    private void build() throws IOException {
        String name = "build/c" + number + ":1";
        if (images.getOrDefault(name, Presence.GONE) == Presence.THERE) {
            removeImage(name);
            return;
        }
        images.put(name, Presence.UNKNOWN);
        doing = "build";
        Answer answer = daemon.send("POST", "/build?t=" + name, fixture.context(random.nextInt()), "application/x-tar");
        must(answer, 200);
        noLaterError("build", answer);
        images.put(name, Presence.THERE);
    }

    private void save() throws IOException {
        Optional<String> there = images.entrySet().stream()
                .filter(image -> image.getValue() == Presence.THERE)
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst();
        if (there.isPresent()) {
            must(ask("save", "GET", "/images/" + there.get() + "/get", ""), 200);
        }
    }

    private void removeImage(String name) throws IOException {
        images.put(name, Presence.UNKNOWN);
        must(ask("rmi", "DELETE", "/images/" + name + "?force=1", ""), 200);
        images.put(name, Presence.GONE);
    }

    private Answer ask(String what, String method, String path, String json) throws IOException {
        doing = what;
        return daemon.send(method, path, json.getBytes(java.nio.charset.StandardCharsets.UTF_8), "application/json");
    }

    private void must(Answer answer, int status) {
        if (answer.status() != status) {
            throw new AssertionError(
                    doing + " of client " + number + " answered " + answer.status() + ": " + answer.text());
        }
    }

    private static void noLaterError(String what, Answer answer) {
        if (!answer.laterError().isEmpty()) {
            throw new AssertionError(what + " failed: " + answer.laterError());
        }
    }
}
