package dev.berth.soak;

import static dev.berth.soak.ContainerOperations.require;

import dev.berth.soak.Subject.Status;
import dev.berth.soak.Wire.Answer;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What concerns files: those of containers, and the images that are made of them. */
final class FileOperations {
    private static final int MOST_IMAGES = 4;

    private final Tenant tenant;
    private final Session session;

    FileOperations(Tenant tenant) {
        this.tenant = tenant;
        this.session = tenant.session;
    }

    void copyIn() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        String name = "file" + session.random.nextInt(4);
        byte[] content = new byte[session.random.nextInt(session.chance(5) ? 2 << 20 : 20_000)];
        session.random.nextBytes(content);
        Answer answer = session.call(
                "PUT", tenant.path(subject, "/archive?path=/tmp"), "application/x-tar", Tar.of(name, content));
        Session.require(200, "copying into " + subject, answer);
        subject.files.put(name, content);
    }

    void copyOut() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        if (subject.files.isEmpty() || session.chance(10)) {
            session.expect(404, "GET", tenant.path(subject, "/archive?path=/tmp/missing"), "");
            return;
        }
        String name = session.pick(List.copyOf(subject.files.keySet()));
        String path = tenant.path(subject, "/archive?path=/tmp/" + name);
        if (session.chance(30)) {
            Session.require(200, "HEAD " + path, session.call("HEAD", path, ""));
        }
        byte[] read = Tar.file(session.get(path).body(), name);
        require(
                Arrays.equals(read, subject.files.get(name)),
                "the file " + name + " of " + subject + " has " + read.length + " other bytes than were copied in");
    }

    void changes() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty()) {
            return;
        }
        Subject subject = found.get();
        Set<String> expected = new TreeSet<>();
        subject.files.forEach((name, content) -> {
            byte[] before = subject.image.files().get(name);
            if (before == null) {
                expected.add("/tmp/" + name + " 1");
            } else if (before != content) {
                expected.add("/tmp/" + name + " 0");
            }
        });
        Set<String> seen = new TreeSet<>();
        for (Tree change : session.get(tenant.path(subject, "/changes")).tree().items()) {
            if (!change.at("Path").text().equals("/tmp")) {
                seen.add(change.at("Path").text() + " " + change.at("Kind").number());
            }
        }
        require(seen.equals(expected), "the changes of " + subject + " are " + seen + ", expected " + expected);
    }

    /** Makes an image of a container of the first image, with the files that it has now. */
    void commit() throws IOException {
        Optional<Subject> found = tenant.any();
        if (found.isEmpty() || found.get().image != tenant.base || tenant.pictures.size() >= MOST_IMAGES) {
            return;
        }
        Subject subject = found.get();
        String repository = "soak/t" + tenant.number;
        String tag = tenant.newName("i");
        boolean pause = session.chance(70);
        Answer answer = session.expect(
                201,
                "POST",
                "/commit?container=" + tenant.alias(subject) + "&repo=" + repository + "&tag=" + tag + "&pause="
                        + (pause ? 1 : 0),
                "");
        if (pause && subject.status == Status.RUNNING) {
            subject.events.add("pause");
            subject.events.add("unpause");
        }
        tenant.pictures.add(new Picture(
                answer.tree().at("Id").text(),
                new TreeSet<>(Set.of(repository + ":" + tag)),
                new HashMap<>(subject.files)));
    }

    void tag() throws IOException {
        session.aboutNothing();
        if (tenant.pictures.isEmpty()) {
            return;
        }
        Picture picture = session.pick(tenant.pictures);
        String tag = tenant.newName("t");
        session.expect(
                201, "POST", "/images/" + anyName(picture) + "/tag?repo=soak/t" + tenant.number + "&tag=" + tag, "");
        picture.names().add("soak/t" + tenant.number + ":" + tag);
    }

    private String anyName(Picture picture) {
        return picture.names().isEmpty() || session.chance(20)
                ? picture.id()
                : session.pick(List.copyOf(picture.names()));
    }

    /** Removes a name of an image, and the image with its last one unless a container needs it. */
    void untag() throws IOException {
        session.aboutNothing();
        if (tenant.pictures.isEmpty()) {
            return;
        }
        Picture picture = session.pick(tenant.pictures);
        if (picture.names().isEmpty()) {
            return;
        }
        String name = session.pick(List.copyOf(picture.names()));
        boolean used = tenant.subjects.stream().anyMatch(subject -> subject.image == picture);
        if (picture.names().size() == 1 && used) {
            session.expect(409, "DELETE", "/images/" + name, "");
            return;
        }
        Answer answer = session.expect(200, "DELETE", "/images/" + name, "");
        picture.names().remove(name);
        boolean deleted = answer.tree().items().stream()
                .anyMatch(one -> one.at("Deleted").text().equals(picture.id()));
        require(deleted == picture.names().isEmpty(), "removing " + name + " told " + answer.text());
        if (deleted) {
            tenant.pictures.remove(picture);
            session.expect(404, "GET", "/images/" + picture.id() + "/json", "");
        }
    }

    void images() throws IOException {
        session.aboutNothing();
        String filters = Tenant.query("{\"reference\":[\"soak/t" + tenant.number + "\"]}");
        Map<String, Set<String>> expected = new HashMap<>();
        tenant.pictures.forEach(picture -> expected.put(picture.id(), picture.names()));
        Map<String, Set<String>> seen = new HashMap<>();
        for (Tree image : session.get("/images/json?filters=" + filters).tree().items()) {
            Set<String> names = new HashSet<>();
            image.at("RepoTags").items().forEach(tag -> names.add(tag.text()));
            seen.put(image.at("Id").text(), names);
        }
        require(seen.equals(expected), "images are " + seen + ", expected " + expected);
    }

    /** What everybody shares must answer too. */
    void surroundings() throws IOException {
        session.aboutNothing();
        switch (session.random.nextInt(4)) {
            case 0 -> session.get("/info");
            case 1 -> session.get("/containers/json?all=1");
            case 2 -> session.get("/images/" + Picture.BASE + "/json");
            default -> session.get("/_ping");
        }
    }

    /** Removes all images that are left; its containers are gone by then. */
    void removeAll() throws IOException {
        for (Picture picture : List.copyOf(tenant.pictures)) {
            session.expect(200, "DELETE", "/images/" + picture.id() + "?force=1", "");
            tenant.pictures.remove(picture);
        }
    }
}
