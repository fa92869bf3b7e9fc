package dev.berth.soak;

import dev.berth.soak.Subject.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** One client with the containers and images that are its own, and what it knows of them. */
final class Tenant implements AutoCloseable {
    static final String LABEL = "soak";

    final int number;
    final Session session;
    final EventWatch watch;
    final Picture base;
    final List<Subject> subjects = new ArrayList<>();
    final List<Picture> pictures = new ArrayList<>();
    private int names;

    Tenant(int number, Path socket, long seed, AtomicLong requests, EventWatch watch, Picture base) throws IOException {
        this.number = number;
        this.session = new Session(socket, seed, requests);
        this.watch = watch;
        this.base = base;
    }

    String newName(String kind) {
        return "soak-" + kind + "-" + number + "-" + names++;
    }

    /** One of its containers, of which the next requests are; empty where it has none that fits. */
    Optional<Subject> any(Status... statuses) {
        Set<Status> wanted = Set.of(statuses.length == 0 ? Status.values() : statuses);
        List<Subject> fitting =
                subjects.stream().filter(one -> wanted.contains(one.status)).toList();
        if (fitting.isEmpty()) {
            return Optional.empty();
        }
        Subject one = session.pick(fitting);
        session.about(one);
        return Optional.of(one);
    }

    /** A way to name a container: its id, a part of that, or its name. */
    String alias(Subject subject) {
        return switch (session.random.nextInt(4)) {
            case 0 -> subject.id;
            case 1 -> subject.id.substring(0, 12);
            default -> subject.name;
        };
    }

    String path(Subject subject, String rest) {
        return "/containers/" + alias(subject) + rest;
    }

    /** The body of a request to create a container. */
    String creation(String image, List<String> command, String host) {
        return "{\"Image\":\"" + image + "\",\"Cmd\":" + Program.command(command) + ",\"Labels\":{\"" + LABEL + "\":\""
                + number + "\"},\"HostConfig\":{\"NetworkMode\":\"none\"" + host + "}}";
    }

    static String query(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** All that a container has printed. */
    Frames log(Subject subject) throws IOException {
        return Frames.all(new java.io.ByteArrayInputStream(
                session.get(path(subject, "/logs?stdout=1&stderr=1")).body()));
    }

    /** Waits until its log is what it must be, by asking or by following it and then going away. */
    void awaitLog(Subject subject) throws IOException {
        if (session.chance(50)) {
            session.eventually("the log of " + subject, () -> complete(subject, log(subject)));
            return;
        }
        try (Wire wire = session.fresh("logs --follow " + subject.name)) {
            InputStream in = wire.stream("GET", path(subject, "/logs?stdout=1&stderr=1&follow=1"));
            Frames frames = new Frames();
            while (!complete(subject, frames)) {
                session.doing("logs --follow " + subject.name + ", which told \"" + tail(frames.out()) + "\" so far");
                if (!frames.next(in)) {
                    throw new Divergence("the log that is followed ended with \"" + tail(frames.out()) + "\" and \""
                            + tail(frames.err()) + "\", expected \"" + tail(subject.out) + "\" and \""
                            + tail(subject.err) + "\"");
                }
            }
        } finally {
            session.end();
        }
    }

    /** Whether this is the whole log; fails where it cannot become that. */
    static boolean complete(Subject subject, Frames frames) {
        String out = frames.out();
        String err = frames.err();
        if (!subject.out.toString().startsWith(out) || !subject.err.toString().startsWith(err)) {
            throw new Divergence("the log has \"" + tail(out) + "\" (" + out.length() + ") and \"" + tail(err) + "\" ("
                    + err.length() + "), expected \"" + tail(subject.out) + "\" (" + subject.out.length()
                    + ") and \"" + tail(subject.err) + "\" (" + subject.err.length() + ")");
        }
        return out.length() == subject.out.length() && err.length() == subject.err.length();
    }

    /** Waits until just those events were heard of it that must have been. */
    void awaitEvents(Subject subject) throws IOException {
        EventWatch.Seen seen = watch.of(subject.id);
        session.eventually(
                "the events of " + subject + ": expected " + subject.events + " and " + subject.execs + " execs",
                () -> {
                    watch.check();
                    List<String> actions = seen.actions();
                    int known = Math.min(actions.size(), subject.events.size());
                    if (actions.size() > subject.events.size() || !actions.equals(subject.events.subList(0, known))) {
                        throw new Divergence("events of " + subject + ": " + actions + ", expected " + subject.events);
                    }
                    return known == subject.events.size() && seen.hasExecs(subject.execs);
                });
    }

    private static String tail(CharSequence text) {
        String all = text.toString();
        return (all.length() > 60 ? "…" + all.substring(all.length() - 60) : all).replace("\n", "\\n");
    }

    @Override
    public void close() throws IOException {
        session.close();
    }
}
