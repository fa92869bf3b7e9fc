package dev.berth.soak;

import static dev.berth.soak.ContainerOperations.require;

import dev.berth.soak.Subject.Status;
import dev.berth.soak.Wire.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What concerns the processes of a container, and what they print and are told. */
final class ProcessOperations {
    private final Tenant tenant;
    private final Session session;

    ProcessOperations(Tenant tenant) {
        this.tenant = tenant;
        this.session = tenant.session;
    }

    void exec() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        int code = session.random.nextInt(5);
        int lines = session.random.nextInt(session.chance(10) ? 20_000 : 50);
        Program.Finisher program = new Program.Finisher(lines, code);
        String body = "{\"AttachStdout\":true,\"AttachStderr\":true,\"Cmd\":"
                + Program.command(List.of("sh", "-c", program.script(), subject.token)) + "}";
        String path = tenant.path(subject, "/exec");
        if (subject.status != Status.RUNNING) {
            session.expect(409, "POST", path, body);
            return;
        }
        String exec = session.expect(201, "POST", path, body).tree().at("Id").text();
        subject.execs++;
        if (session.chance(25)) {
            session.expect(200, "POST", "/exec/" + exec + "/start", "{\"Detach\":true}");
            session.eventually(
                    "the end of exec " + exec,
                    () -> !inspect(exec).at("Running").truth());
        } else {
            try (Wire wire = session.fresh("exec in " + subject.name)) {
                InputStream in = wire.hijack("/exec/" + exec + "/start", "{\"Detach\":false,\"Tty\":false}");
                Frames frames = Frames.all(in);
                require(
                        frames.out().equals(program.printed()) && frames.err().equals(subject.token + "\n"),
                        "exec printed " + frames.out().length() + " of "
                                + program.printed().length() + " characters, and \"" + frames.err() + "\"");
            } finally {
                session.end();
            }
        }
        Tree told = inspect(exec);
        require(
                !told.at("Running").truth() && told.at("ExitCode").number() == code,
                "exec tells running " + told.at("Running").text() + ", exit code "
                        + told.at("ExitCode").text() + "; expected false, " + code);
    }

    private Tree inspect(String exec) throws IOException {
        return session.get("/exec/" + exec + "/json").tree();
    }

    /** Attaches, has the program print something, and goes away. */
    void attach() throws IOException {
        Optional<Subject> found = tenant.any(Status.RUNNING);
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        try (Wire wire = session.fresh("attach " + subject.name)) {
            boolean past = session.chance(30);
            InputStream in = wire.hijack(
                    tenant.path(subject, "/attach?stream=1&stdout=1&stderr=1" + (past ? "&logs=1" : "")), "");
            session.expect(204, "POST", tenant.path(subject, "/kill?signal=HUP"), "");
            subject.events.add("kill 1");
            String expected = past ? subject.out + "hup\n" : "hup\n";
            subject.out.append("hup\n");
            Frames frames = new Frames();
            while (frames.out().length() < expected.length() && frames.next(in)) {
                // until all of it is there
            }
            require(
                    frames.out().equals(expected),
                    "who is attached read \"" + frames.out() + "\", expected \"" + expected + "\"");
        } finally {
            session.end();
        }
        tenant.awaitLog(subject);
    }

    void logs() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        require(Tenant.complete(subject, tenant.log(subject)), "the log of " + subject + " is not complete");
        long lines = subject.out.chars().filter(c -> c == '\n').count();
        long tail = session.random.nextInt(10);
        if (subject.err.isEmpty()) {
            Answer answer = session.get(tenant.path(subject, "/logs?stdout=1&stderr=1&tail=" + tail));
            String read =
                    Frames.all(new java.io.ByteArrayInputStream(answer.body())).out();
            String expected = subject.out
                    .toString()
                    .lines()
                    .skip(Math.max(0, lines - tail))
                    .reduce("", (text, line) -> text + line + "\n");
            require(
                    read.equals(expected),
                    "the last " + tail + " lines are \"" + read + "\", expected \"" + expected + "\"");
        }
    }

    void look() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        if (subject.status.hasProcess()) {
            String top = session.get(tenant.path(subject, "/top")).text();
            require(top.contains("sleep 86400"), "top tells " + top);
            Tree stats = session.get(tenant.path(subject, "/stats?stream=false&one-shot=true"))
                    .tree();
            require(
                    stats.at("pids_stats").at("current").number() >= 2,
                    "stats tell " + stats.at("pids_stats").value());
        } else {
            session.expect(409, "GET", tenant.path(subject, "/top"), "");
        }
    }

    /** A container that gives back what it is told, attached before its start, to its removal. */
    void converse() throws IOException {
        session.aboutNothing();
        String name = tenant.newName("cat");
        String body = tenant.creation(Picture.BASE, List.of("cat"), "");
        String open = "{\"OpenStdin\":true,\"StdinOnce\":true,\"AttachStdin\":true," + body.substring(1);
        String id = session.expect(201, "POST", "/containers/create?name=" + name, open)
                .tree()
                .at("Id")
                .text();
        byte[] said = new byte[session.random.nextInt(session.chance(10) ? 1 << 20 : 5_000)];
        for (int i = 0; i < said.length; i++) {
            said[i] = (byte) (i % 64 == 63 ? '\n' : 'a' + session.random.nextInt(26));
        }
        try (Wire wire = session.fresh("attach to cat " + name)) {
            InputStream in = wire.hijack("/containers/" + id + "/attach?stream=1&stdin=1&stdout=1&stderr=1", "");
            session.expect(204, "POST", "/containers/" + id + "/start", "");
            Thread writer = Thread.ofVirtual().start(() -> tell(wire, said));
            Frames frames = Frames.all(in);
            join(writer);
            require(
                    frames.out().equals(new String(said, StandardCharsets.US_ASCII)),
                    "cat was told " + said.length + " bytes and gave back "
                            + frames.out().length());
        } finally {
            session.end();
        }
        long code = session.expect(200, "POST", "/containers/" + id + "/wait", "")
                .tree()
                .at("StatusCode")
                .number();
        require(code == 0, "cat ended with " + code);
        session.expect(204, "DELETE", "/containers/" + id, "");
        awaitExactly(id, List.of("create", "start", "die 0", "destroy"));
    }

    private static void tell(Wire wire, byte[] said) {
        try {
            wire.write(said);
            wire.endInput();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Divergence("interrupted", e);
        }
    }

    /** A container that is gone by itself when its program has ended. */
    void autoRemove() throws IOException {
        session.aboutNothing();
        int code = session.random.nextInt(4);
        String body = tenant.creation(
                Picture.BASE, List.of("sh", "-c", new Program.Finisher(3, code).script(), "x"), ",\"AutoRemove\":true");
        String id = session.expect(201, "POST", "/containers/create", body)
                .tree()
                .at("Id")
                .text();
        try (Wire wire = session.fresh("wait for the removal of " + id)) {
            InputStream end = wire.stream("POST", "/containers/" + id + "/wait?condition=removed");
            session.expect(204, "POST", "/containers/" + id + "/start", "");
            long told = Tree.parse(end.readAllBytes()).at("StatusCode").number();
            require(told == code, "who waited for the removal of " + id + " was told " + told + ", expected " + code);
        } finally {
            session.end();
        }
        session.expect(404, "GET", "/containers/" + id + "/json", "");
        awaitExactly(id, List.of("create", "start", "die " + code, "destroy"));
    }

    /** A container that its policy starts again, twice. */
    void restarted() throws IOException {
        session.aboutNothing();
        String body = tenant.creation(
                Picture.BASE,
                List.of("sh", "-c", "echo try; exit 3"),
                ",\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":2}");
        String id = session.expect(201, "POST", "/containers/create?name=" + tenant.newName("again"), body)
                .tree()
                .at("Id")
                .text();
        session.expect(204, "POST", "/containers/" + id + "/start", "");
        session.eventually("the last restart of " + id, () -> {
            Tree told = session.get("/containers/" + id + "/json").tree();
            return told.at("State").at("Status").text().equals("exited")
                    && told.at("RestartCount").number() == 2
                    && told.at("State").at("ExitCode").number() == 3;
        });
        Answer log = session.get("/containers/" + id + "/logs?stdout=1");
        String printed =
                Frames.all(new java.io.ByteArrayInputStream(log.body())).out();
        require(printed.equals("try\ntry\ntry\n"), "three runs printed \"" + printed + "\"");
        session.expect(204, "DELETE", "/containers/" + id, "");
        awaitExactly(id, List.of("create", "start", "die 3", "start", "die 3", "start", "die 3", "destroy"));
    }

    private void awaitExactly(String id, List<String> events) throws IOException {
        session.eventually("the events " + events + " of " + id + ", heard: " + tenant.watch.of(id), () -> {
            tenant.watch.check();
            List<String> actions = tenant.watch.of(id).actions();
            if (actions.size() >= events.size() && !actions.equals(events)) {
                throw new Divergence("events of " + id + ": " + actions + ", expected " + events);
            }
            return actions.equals(events);
        });
        tenant.watch.forget(id);
    }
}
