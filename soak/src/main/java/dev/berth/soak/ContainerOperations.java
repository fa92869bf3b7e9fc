package dev.berth.soak;

import dev.berth.soak.Subject.Status;
import dev.berth.soak.Wire.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What can be done to a container as a whole. */
final class ContainerOperations {
    private static final int MOST_CONTAINERS = 6;
    private static final int KILL_CODE = 137;
    private static final long MIB = 1 << 20;

    private final Tenant tenant;
    private final Session session;

    ContainerOperations(Tenant tenant) {
        this.tenant = tenant;
        this.session = tenant.session;
    }

    void create() throws IOException {
        session.aboutNothing();
        if (tenant.subjects.size() >= MOST_CONTAINERS) {
            return;
        }
        if (session.chance(5)) {
            session.expect(
                    404,
                    "POST",
                    "/containers/create",
                    tenant.creation("soak:missing" + tenant.number, List.of("true"), ""));
            return;
        }
        Picture image = tenant.pictures.isEmpty() || session.chance(60) ? tenant.base : session.pick(tenant.pictures);
        Program program = session.chance(65)
                ? new Program.Sleeper()
                : new Program.Finisher(
                        session.random.nextInt(session.chance(10) ? 20_000 : 200), session.random.nextInt(4));
        String reference =
                image.names().isEmpty() || session.chance(20) ? image.id() : session.pick(List.copyOf(image.names()));
        String name = tenant.newName("c");
        String token = "word" + session.random.nextInt(1_000_000);
        String body = tenant.creation(reference, List.of("sh", "-c", program.script(), token), "");
        Answer created = session.expect(201, "POST", "/containers/create?name=" + name, body);
        String id = created.tree().at("Id").text();
        Subject subject = new Subject(id, name, program, image, token);
        tenant.subjects.add(subject);
        session.about(subject);
        session.note("created " + name + " of " + reference + " as " + id);
        if (session.chance(10)) {
            session.expect(409, "POST", "/containers/create?name=" + name, body);
        }
    }

    void start() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isPresent()) {
            start(found.get());
        }
    }

    private void start(Subject subject) throws IOException {
        switch (subject.status) {
            case RUNNING -> session.expect(304, "POST", tenant.path(subject, "/start"), "");
            case PAUSED -> session.expect(409, "POST", tenant.path(subject, "/start"), "");
            case CREATED, EXITED -> {
                session.expect(204, "POST", tenant.path(subject, "/start"), "");
                started(subject);
            }
        }
    }

    /** Follows a start: of what ends by itself to its end, of what does not until it is ready. */
    private void started(Subject subject) throws IOException {
        subject.events.add("start");
        subject.exitCode = 0;
        switch (subject.program) {
            case Program.Finisher finisher -> {
                long code = await(subject, "not-running");
                require(code == finisher.code(), "the exit code " + code + " of " + subject);
                subject.out.append(finisher.printed());
                subject.err.append(subject.token).append('\n');
                subject.ended(finisher.code());
                require(
                        Tenant.complete(subject, tenant.log(subject)),
                        "the log of " + subject + " is not complete after its end");
            }
            case Program.Sleeper sleeper -> {
                subject.status = Status.RUNNING;
                if (session.chance(15)) {
                    killAtOnce(subject);
                    return;
                }
                if (session.chance(20)) {
                    pause(subject);
                    unpause(subject);
                }
                subject.out.append("up " + subject.token + "\nready\n");
                tenant.awaitLog(subject);
            }
        }
    }

    /** Whatever it has printed until then, it is a beginning of what it would have. */
    private void killAtOnce(Subject subject) throws IOException {
        kill(subject);
        String before = subject.out.toString();
        String most = before + "up " + subject.token + "\nready\n";
        String printed = tenant.log(subject).out();
        require(
                printed.startsWith(before) && most.startsWith(printed),
                "the log of " + subject + " which was killed at its start: " + printed);
        subject.out.setLength(0);
        subject.out.append(printed);
    }

    private long await(Subject subject, String condition) throws IOException {
        Answer end = session.expect(200, "POST", tenant.path(subject, "/wait?condition=" + condition), "");
        return end.tree().at("StatusCode").number();
    }

    void stop() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        if (!subject.status.hasProcess()) {
            session.expect(304, "POST", tenant.path(subject, "/stop"), "");
            return;
        }
        session.expect(204, "POST", tenant.path(subject, "/stop?t=60"), "");
        terminated(subject);
        subject.events.add("stop");
        inspect(subject);
    }

    private void terminated(Subject subject) {
        subject.events.add("kill 15");
        if (subject.status == Status.PAUSED) {
            subject.events.add("unpause");
        }
        subject.out.append("term\n");
        subject.ended(Program.Sleeper.TERM_CODE);
    }

    void restart() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty() || !(found.get().program instanceof Program.Sleeper)) {
            return;
        }
        Subject subject = found.get();
        session.expect(204, "POST", tenant.path(subject, "/restart?t=60"), "");
        if (subject.status.hasProcess()) {
            terminated(subject);
            subject.events.add("stop");
        }
        subject.events.add("start");
        subject.events.add("restart");
        subject.exitCode = 0;
        subject.status = Status.RUNNING;
        subject.out.append("up " + subject.token + "\nready\n");
        tenant.awaitLog(subject);
    }

    void kill() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isPresent()) {
            kill(found.get());
        }
    }

    private void kill(Subject subject) throws IOException {
        if (!subject.status.hasProcess()) {
            session.expect(409, "POST", tenant.path(subject, "/kill"), "");
            return;
        }
        session.expect(204, "POST", tenant.path(subject, "/kill"), "");
        killed(subject);
        long code = await(subject, "not-running");
        require(code == KILL_CODE, "the exit code " + code + " of the killed " + subject);
    }

    private static void killed(Subject subject) {
        subject.events.add("kill 9");
        if (subject.status == Status.PAUSED) {
            subject.events.add("unpause");
        }
        subject.ended(KILL_CODE);
    }

    /** A signal that the program answers by printing; to one that is paused it comes by its being resumed. */
    void hangUp() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        String path = tenant.path(subject, "/kill?signal=" + session.pick(List.of("HUP", "SIGHUP", "1")));
        if (!subject.status.hasProcess()) {
            session.expect(409, "POST", path, "");
            return;
        }
        session.expect(204, "POST", path, "");
        subject.events.add("kill 1");
        if (subject.status == Status.PAUSED) {
            subject.events.add("unpause");
            subject.status = Status.RUNNING;
        }
        subject.out.append("hup\n");
        tenant.awaitLog(subject);
    }

    void pause() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isPresent()) {
            pause(found.get());
        }
    }

    private void pause(Subject subject) throws IOException {
        boolean can = subject.status == Status.RUNNING;
        session.expect(can ? 204 : 409, "POST", tenant.path(subject, "/pause"), "");
        if (can) {
            subject.status = Status.PAUSED;
            subject.events.add("pause");
        }
    }

    void unpause() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isPresent()) {
            unpause(found.get());
        }
    }

    private void unpause(Subject subject) throws IOException {
        boolean can = subject.status == Status.PAUSED;
        Answer answer = session.call("POST", tenant.path(subject, "/unpause"), "");
        if (can) {
            Session.require(204, "unpause", answer);
            subject.status = Status.RUNNING;
            subject.events.add("unpause");
        } else {
            // Docker itself has changed its mind about which of the two it is
            require(answer.status() == 409 || answer.status() == 500, "unpause answered " + answer.status());
        }
    }

    void rename() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        String path = tenant.path(subject, "/rename?name=");
        Subject other = session.pick(tenant.subjects);
        switch (session.random.nextInt(4)) {
            case 0 -> session.expect(400, "POST", path + subject.name, "");
            case 1 -> {
                if (other != subject) {
                    session.expect(409, "POST", path + other.name, "");
                }
            }
            default -> {
                String name = tenant.newName("r");
                session.expect(204, "POST", path + name, "");
                String old = subject.name;
                subject.name = name;
                subject.events.add("rename");
                session.expect(404, "GET", "/containers/" + old + "/json", "");
            }
        }
    }

    void update() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        long bytes = (64 + session.random.nextInt(64)) * MIB;
        session.expect(
                200,
                "POST",
                tenant.path(subject, "/update"),
                "{\"Memory\":" + bytes + ",\"MemorySwap\":" + 2 * bytes + "}");
        subject.memoryBytes = bytes;
        inspect(subject);
    }

    void inspect() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isPresent()) {
            inspect(found.get());
            tenant.awaitEvents(found.get());
        }
    }

    private void inspect(Subject subject) throws IOException {
        Tree told = session.get(tenant.path(subject, "/json")).tree();
        Tree state = told.at("State");
        String seen = told.at("Id").text() + " " + told.at("Name").text() + " "
                + state.at("Status").text() + " " + state.at("Running").truth() + " "
                + state.at("Paused").truth() + " " + state.at("ExitCode").number() + " "
                + told.at("HostConfig").at("Memory").number() + " "
                + (state.at("Pid").number() > 0) + " " + told.at("Image").text() + " "
                + state.at("OOMKilled").truth() + " " + state.at("Restarting").truth();
        String expected = subject.id + " /" + subject.name + " " + subject.status.word() + " "
                + subject.status.hasProcess() + " " + (subject.status == Status.PAUSED) + " " + subject.exitCode + " "
                + subject.memoryBytes + " " + subject.status.hasProcess() + " " + subject.image.id() + " false false";
        require(seen.equals(expected), "inspect tells \"" + seen + "\", expected \"" + expected + "\"");
    }

    void list() throws IOException {
        session.aboutNothing();
        String filters = Tenant.query("{\"label\":[\"" + Tenant.LABEL + "=" + tenant.number + "\"]}");
        boolean all = session.chance(70);
        Map<String, String> expected = new HashMap<>();
        for (Subject subject : tenant.subjects) {
            if (all || subject.status.hasProcess()) {
                expected.put(subject.id, "/" + subject.name + " " + subject.status.word());
            }
        }
        Map<String, String> seen = new HashMap<>();
        for (Tree one : session.get("/containers/json?all=" + all + "&filters=" + filters)
                .tree()
                .items()) {
            seen.put(
                    one.at("Id").text(),
                    one.at("Names").items().getFirst().text() + " "
                            + one.at("State").text());
        }
        require(seen.equals(expected), "list tells " + seen + ", expected " + expected);
    }

    void await() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        if (!subject.status.hasProcess()) {
            long code = await(subject, "not-running");
            require(
                    code == subject.exitCode,
                    "wait tells " + code + " of " + subject + ", expected " + subject.exitCode);
            return;
        }
        try (Wire wire = session.fresh("wait " + subject.name)) {
            InputStream end = wire.stream(
                    "POST",
                    tenant.path(subject, "/wait?condition=" + session.pick(List.of("next-exit", "not-running"))));
            if (session.chance(30)) {
                return; // whoever waits may go away
            }
            kill(subject);
            long code = Tree.parse(end.readAllBytes()).at("StatusCode").number();
            require(code == KILL_CODE, "who waited for the end of " + subject + " was told " + code);
        } finally {
            session.end();
        }
    }

    void remove() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isPresent()) {
            remove(found.get(), session.chance(50));
        }
    }

    /** Removes it, unless it runs and no force is used. */
    void remove(Subject subject, boolean force) throws IOException {
        session.about(subject);
        String path = tenant.path(subject, force ? "?force=1" : "");
        if (subject.status.hasProcess()) {
            session.expect(force ? 204 : 409, "DELETE", path, "");
            if (!force) {
                return;
            }
            killed(subject);
        } else {
            session.expect(204, "DELETE", path, "");
        }
        removed(subject);
    }

    private void removed(Subject subject) throws IOException {
        subject.events.add("destroy");
        tenant.subjects.remove(subject);
        session.expect(404, "GET", "/containers/" + subject.id + "/json", "");
        tenant.awaitEvents(subject);
        tenant.watch.forget(subject.id);
    }

    void prune() throws IOException {
        session.aboutNothing();
        String filters = Tenant.query("{\"label\":[\"" + Tenant.LABEL + "=" + tenant.number + "\"]}");
        Set<String> expected = new HashSet<>();
        List<Subject> going = tenant.subjects.stream()
                .filter(subject -> !subject.status.hasProcess())
                .toList();
        going.forEach(subject -> expected.add(subject.id));
        Set<String> seen = new HashSet<>();
        session.expect(200, "POST", "/containers/prune?filters=" + filters, "")
                .tree()
                .at("ContainersDeleted")
                .items()
                .forEach(id -> seen.add(id.text()));
        require(seen.equals(expected), "prune tells " + seen + ", expected " + expected);
        for (Subject subject : going) {
            session.about(subject);
            removed(subject);
        }
    }

    static void require(boolean holds, String what) {
        if (!holds) {
            throw new Divergence(what);
        }
    }
}
