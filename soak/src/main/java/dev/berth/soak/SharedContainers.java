package dev.berth.soak;

import static dev.berth.soak.ContainerOperations.require;

import dev.berth.soak.Wire.Answer;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Containers that all clients fight over by a few names. What each is told cannot be foreseen; that all they were told
 * fits together can: an answer is one of the few that the fight allows, what was made is there until somebody was told
 * that it is gone, and each container's events begin, alternate and end as a life does.
 */
final class SharedContainers {
    private static final List<String> NAMES = List.of("soak-shared-0", "soak-shared-1", "soak-shared-2");

    private final EventWatch watch;
    private final Map<String, AtomicInteger> removals = new ConcurrentHashMap<>();

    SharedContainers(EventWatch watch) {
        this.watch = watch;
    }

    /** Does one random thing to one of them. */
    void fight(Tenant tenant) throws IOException {
        Session session = tenant.session;
        session.aboutNothing();
        String name = session.pick(NAMES);
        switch (session.random.nextInt(8)) {
            case 0, 1 -> create(tenant, name);
            case 2, 3 -> allow(session, "POST", "/containers/" + name + "/start", Set.of(204, 304, 404, 409));
            case 4 -> allow(session, "POST", "/containers/" + name + "/kill", Set.of(204, 404, 409));
            case 5 -> allow(session, "POST", "/containers/" + name + "/stop?t=0", Set.of(204, 304, 404, 409));
            case 6 -> remove(session, name);
            default ->
                allow(
                        session,
                        "POST",
                        "/containers/" + name + "/rename?name=" + session.pick(NAMES),
                        Set.of(204, 400, 404, 409));
        }
    }

    private void create(Tenant tenant, String name) throws IOException {
        Session session = tenant.session;
        Answer answer = session.call(
                "POST",
                "/containers/create?name=" + name,
                "{\"Image\":\"" + Picture.BASE
                        + "\",\"Cmd\":[\"sleep\",\"86400\"],\"HostConfig\":{\"NetworkMode\":\"none\"}}");
        require(
                answer.status() == 201 || answer.status() == 409,
                "creating " + name + " answered " + answer.status() + " " + answer.text());
        if (answer.status() == 201) {
            countOf(answer.tree().at("Id").text());
        }
    }

    /** Another may remove a container before its maker has read that it is made. */
    private AtomicInteger countOf(String id) {
        return removals.computeIfAbsent(id, made -> new AtomicInteger());
    }

    /** By its id, so that it is known whose end was told. */
    private void remove(Session session, String name) throws IOException {
        Answer answer = session.call("GET", "/containers/" + name + "/json", "");
        require(answer.status() == 200 || answer.status() == 404, "inspecting " + name + ": " + answer.status());
        if (answer.status() == 404) {
            return;
        }
        String id = answer.tree().at("Id").text();
        Answer removal = session.call("DELETE", "/containers/" + id + "?force=1", "");
        require(
                Set.of(204, 404, 409).contains(removal.status()),
                "removing " + id + " answered " + removal.status() + " " + removal.text());
        if (removal.status() == 204) {
            countOf(id).incrementAndGet();
            Session.require(404, "inspecting what is removed", session.call("GET", "/containers/" + id + "/json", ""));
        }
    }

    private static void allow(Session session, String method, String path, Set<Integer> statuses) throws IOException {
        Answer answer = session.call(method, path, "");
        require(
                statuses.contains(answer.status()),
                method + " " + path + " answered " + answer.status() + " " + answer.text());
    }

    /** When nobody fights any more: what is there is what was made and not removed. Removes the rest. */
    void settle(Session session) throws IOException {
        Set<String> there = new HashSet<>();
        String filters = Tenant.query("{\"name\":[\"soak-shared-\"]}");
        session.get("/containers/json?all=1&filters=" + filters)
                .tree()
                .items()
                .forEach(one -> there.add(one.at("Id").text()));
        for (Map.Entry<String, AtomicInteger> one : removals.entrySet()) {
            boolean removed = one.getValue().get() > 0;
            require(
                    removed != there.contains(one.getKey()),
                    "shared container " + one.getKey()
                            + (removed ? " was removed and is there" : " is gone by itself"));
        }
        require(removals.keySet().containsAll(there), "containers are there that nobody has made: " + there);
        for (String id : there) {
            session.expect(204, "DELETE", "/containers/" + id + "?force=1", "");
        }
        // Not as the last one: who has stopped or restarted it may be told so after another one's removal, as with
        // Docker.
        for (String id : removals.keySet()) {
            session.eventually(
                    "the destroy event of " + id, () -> watch.of(id).actions().contains("destroy"));
            checkLife(id, watch.of(id).actions());
            watch.forget(id);
        }
        removals.clear();
    }

    private static void checkLife(String id, List<String> actions) {
        boolean runs = false;
        require(actions.getFirst().equals("create"), "events of " + id + " begin otherwise: " + actions);
        for (String action : actions) {
            if (action.equals("start") || action.startsWith("die")) {
                require(runs != action.equals("start"), "events of " + id + " do not alternate: " + actions);
                runs = action.equals("start");
            }
        }
        require(!runs, "events of " + id + " have no last die: " + actions);
        require(
                actions.stream().filter("destroy"::equals).count() == 1,
                "events of " + id + " end more than once: " + actions);
    }
}
