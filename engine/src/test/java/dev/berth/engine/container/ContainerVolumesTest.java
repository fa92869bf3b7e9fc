package dev.berth.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.Box;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.event.Event;
import dev.berth.engine.event.EventQuery;
import dev.berth.engine.event.EventSink;
import dev.berth.engine.log.LogQuery;
import dev.berth.engine.volume.VolumeInspection;
import dev.berth.engine.volume.VolumeRequest;
import dev.berth.engine.volume.Volumes;
import dev.berth.image.check.Finding;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes in containers. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class ContainerVolumesTest {
    @TempDir
    Path dir;

    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box(dir, true);
    }

    @AfterEach
    void close() {
        box.close();
    }

    private Containers containers() {
        return box.engine().containers();
    }

    private Volumes volumes() {
        return box.engine().volumes();
    }

    private List<String> names() {
        return volumes().list(Map.of()).stream().map(VolumeInspection::name).toList();
    }

    private void make(String name, Map<String, String> options) {
        volumes()
                .create(new VolumeRequest(
                        name, "local", Optional.of(options), Optional.of(Map.of()), Optional.empty()));
    }

    /** What a script prints in a container of its own, which is gone afterwards. */
    private String output(String script, String config, String host) throws Exception {
        String id = box.create(Box.command("exec 2>&1; " + script) + config, host);
        box.run(id);
        String text = box.logs(id, LogQuery.ALL).toEnd().strip();
        box.remove(id);
        return text;
    }

    private static String binds(String... binds) {
        return "\"Binds\":[\"" + String.join("\",\"", binds) + "\"]";
    }

    private static String mount(String members) {
        return "\"Mounts\":[{" + members + "}]";
    }

    private List<Event> events(Instant since) throws Exception {
        List<Event> events = new ArrayList<>();
        CompletableFuture<Void> end = new CompletableFuture<>();
        box.engine()
                .events()
                .subscribe(
                        new EventQuery(
                                Optional.of(since), Optional.of(Instant.now()), Map.of("type", List.of("volume"))),
                        new EventSink() {
                            @Override
                            public boolean event(Event event) {
                                return events.add(event);
                            }

                            @Override
                            public void end() {
                                end.complete(null);
                            }

                            @Override
                            public void fail(EngineException reason) {
                                end.completeExceptionally(reason);
                            }
                        });
        Box.soon(end);
        return events;
    }

    @Test
    void aNamedVolumeOutlivesItsContainers() throws Exception {
        output("echo kept > /a/f", "", binds("data:/a"));
        box.reopen();
        assertThat(output("cat /b/f; touch /b/g; ls /b", "", binds("data:/b:ro")))
                .isEqualTo("kept\ntouch: /b/g: Read-only file system\nf");
        assertThat(names()).containsExactly("data");
    }

    @Test
    void anEmptyVolumeGetsWhatTheImageHasWithOwnersAndModes() throws Exception {
        Path image = Files.createDirectories(box.tree().resolve("srv/d/sub"));
        Files.writeString(image.resolve("f"), "of the image");
        Files.createLink(image.resolve("hard"), image.resolve("f"));
        Files.createSymbolicLink(image.resolve("link"), Path.of("/nowhere"));
        String look = "cd /srv/d; stat -c '%n %u %g %a %h' . sub sub/f sub/hard; readlink sub/link; cat sub/f";
        Files.setAttribute(box.tree().resolve("srv/d"), "unix:uid", 5);
        Files.setAttribute(box.tree().resolve("srv/d"), "unix:gid", 6);
        Files.setAttribute(image, "unix:mode", 041770);
        Files.setAttribute(image.resolve("f"), "unix:uid", 7);
        Files.setAttribute(image.resolve("f"), "unix:gid", 8);
        String expected = output(look, "", "");
        assertThat(expected).contains(". 5 6 755", "sub 0 0 1770", "sub/f 7 8 644 2", "/nowhere", "of the image");
        assertThat(output(look, "", binds("data:/srv/d"))).isEqualTo(expected);
        assertThat(output(look, ",\"Volumes\":{\"/srv/d\":{}}", "")).isEqualTo(expected);
        assertThat(output("ls /srv/d", "", binds("empty:/srv/d:nocopy"))).isEmpty();
        output("rm -r /v/sub; echo mine > /v/x", "", binds("data:/v"));
        assertThat(output("ls /srv/d", "", binds("data:/srv/d"))).isEqualTo("x");
    }

    @Test
    void aVolumeOverAFileIsRefusedAndNothingIsLeft() throws Exception {
        assertThatThrownBy(() -> box.create(Box.command("true") + ",\"Volumes\":{\"/etc/passwd\":{},\"/new\":{}}", ""))
                .isInstanceOf(EngineException.class)
                .hasMessage("cannot mount volume over existing file, file exists /etc/passwd");
        assertThat(names()).isEmpty();
        assertThat(box.leftovers()).isEmpty();
    }

    @Test
    void anAnonymousVolumeGoesOnlyWhereThatIsAsked() throws Exception {
        String config = Box.command("true") + ",\"Volumes\":{\"/new\":{}}";
        String kept = box.create(config, "");
        containers().remove(kept, new RemoveRequest(false, false));
        assertThat(names()).singleElement().asString().matches("[0-9a-f]{64}");
        volumes().prune(Map.of());
        String gone = box.create(config, binds("data:/data"));
        assertThat(containers().inspect(gone).mounts())
                .extracting(mount -> mount.type() + mount.destination() + mount.driver() + mount.mode())
                .containsExactlyInAnyOrder("volume/newlocal", "volume/datalocalz");
        containers().remove(gone, new RemoveRequest(false, true));
        assertThat(names()).containsExactly("data");
        String byItself = box.create(config, "\"AutoRemove\":true," + binds("data:/data"));
        var end = containers().await(byItself, WaitCondition.REMOVED);
        containers().start(byItself);
        Box.soon(end);
        assertThat(names()).containsExactly("data");
    }

    @Test
    void oneThatAContainerUsesIsFoundAndCannotBeRemoved() throws Exception {
        String id = box.create(Box.command("true"), binds("data:/d"));
        box.reopen();
        assertThatThrownBy(() -> volumes().remove("data", true))
                .hasMessage("remove data: volume is in use - [" + id + "]");
        for (String value : List.of("data", "/d")) {
            assertThat(containers()
                            .list(new ListQuery(true, java.util.OptionalInt.empty(), Map.of("volume", List.of(value)))))
                    .extracting(ContainerInspection::id)
                    .containsExactly(id);
        }
        String other = box.create(Box.command("true"), "\"VolumesFrom\":[\"" + id + ":ro\"]");
        assertThat(volumes().inspect("data").references()).isEqualTo(2);
        assertThat(containers().inspect(other).mounts())
                .extracting(mount -> mount.name() + mount.writable())
                .containsExactly("datafalse");
        box.remove(id);
        box.remove(other);
        volumes().remove("data", false);
    }

    @Test
    void aSubpathLeadsNowhereOutOfItsVolume() throws Exception {
        output(
                "mkdir -p /v/in/er; echo x > /v/in/er/f; ln -s in/er /v/short; ln -s /etc /v/out; ln -s ../.. /v/up",
                "",
                binds("data:/v"));
        String volume = "\"Type\":\"volume\",\"Source\":\"data\",\"Target\":\"/t\",\"VolumeOptions\":{\"Subpath\":\"";
        assertThat(output("cat /t/f", "", mount(volume + "in/er\"}"))).isEqualTo("x");
        assertThat(output("cat /t/f", "", mount(volume + "short\"}"))).isEqualTo("x");
        assertThat(output("cat /t", "", mount(volume + "in/er/f\"}"))).isEqualTo("x");
        for (String bad : List.of("out", "up", "missing")) {
            String id = box.create(Box.command("true"), mount(volume + bad + "\"}"));
            assertThatThrownBy(() -> containers().start(id))
                    .as(bad)
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("cannot mount the subpath \"" + bad + "\"")
                    .hasMessageContaining(bad.equals("missing") ? "no such file" : "leads out of the volume");
            box.remove(id);
        }
    }

    @Test
    void aVolumeInMemoryIsSharedWhileOneRunsWithItAlsoByALaterEngine() throws Exception {
        make("mem", Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=1m,uid=7"));
        String first = box.create(Box.command("echo x > /m/f; exec sleep 60"), binds("mem:/m"));
        containers().start(first);
        box.reopen();
        String look = "stat -c %u /n; until test -e /n/f; do sleep 0.05; done; cat /n/f; touch /n/g";
        assertThat(output(look, "", binds("mem:/n:ro"))).isEqualTo("7\nx\ntouch: /n/g: Read-only file system");
        assertThat(output("echo y > /n/f; cat /n/f", "", binds("mem:/n"))).isEqualTo("y");
        assertThat(volumes().mountpoint("mem")).isEmptyDirectory();
        box.remove(first);
        assertThat(output("ls /n", "", binds("mem:/n"))).isEmpty();
        assertThatThrownBy(() -> containers().files().stat(box.create(Box.command("true"), binds("mem:/n")), "/n/f"))
                .hasMessageContaining("is there only while a container that has it runs");
    }

    @Test
    void aVolumeOfAFileSystemIsThereWhileAContainerRunsWithIt() throws Exception {
        for (String name : List.of("lower", "upper", "work")) {
            Files.createDirectories(dir.resolve(name));
        }
        Files.writeString(dir.resolve("lower/f"), "below");
        String options = "lowerdir=" + dir + "/lower,upperdir=" + dir + "/upper,workdir=" + dir + "/work";
        make("layers", Map.of("type", "overlay", "device", "overlay", "o", options));
        String first = box.create(Box.command("echo above > /m/g; exec sleep 60"), binds("layers:/m"));
        containers().start(first);
        String look = "until test -e /n/g; do sleep 0.05; done; cat /n/f /n/g";
        assertThat(output(look, "", binds("layers:/n:ro"))).isEqualTo("belowabove");
        box.remove(first);
        assertThat(output("cat /n/g", "", binds("layers:/n"))).isEqualTo("above");
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(dir + "/upper");
    }

    @Test
    void aShareWhoseServerOrFileSystemIsUnknownIsNamedAndNothingIsLeft() throws Exception {
        make("lost", Map.of("type", "nfs", "device", ":/x", "o", "addr=nosuch.invalid,password=secret"));
        make("odd", Map.of("type", "nosuchfs", "device", "x", "o", "password=secret"));
        String lost = box.create(Box.command("true"), binds("lost:/d"));
        assertThatThrownBy(() -> containers().start(lost))
                .hasMessage("error while mounting volume '" + volumes().mountpoint("lost")
                        + "': error resolving passed in network volume address: lookup nosuch.invalid: no such host");
        String odd = box.create(Box.command("true"), binds("odd:/d"));
        assertThatThrownBy(() -> containers().start(odd))
                .hasMessageContaining("this host's kernel knows no file system nosuchfs")
                .hasMessageNotContaining("secret");
        box.remove(lost);
        box.remove(odd);
        assertThat(box.leftovers()).isEmpty();
    }

    @Test
    void aVolumeMayStandForADirectory() throws Exception {
        Path host = Files.createDirectory(dir.resolve("host"));
        make("bound", Map.of("type", "none", "device", host.toString(), "o", "bind"));
        output("echo x > /b/f", "", binds("bound:/b"));
        assertThat(host.resolve("f")).hasContent("x\n");
        volumes().remove("bound", false);
        assertThat(host.resolve("f")).exists();
        make("nowhere", Map.of("type", "none", "device", dir + "/nosuch", "o", "bind"));
        assertThatThrownBy(() -> box.create(Box.command("true"), binds("nowhere:/b,fresh:/c".split(","))))
                .hasMessage("error while mounting volume '" + volumes().mountpoint("nowhere")
                        + "': failed to mount local volume: mount " + dir + "/nosuch:"
                        + volumes().mountpoint("nowhere") + ", flags: 0x1000: no such file or directory");
        assertThat(names()).containsExactly("nowhere");
    }

    @Test
    void whatHappensToVolumesIsTold() throws Exception {
        Instant before = Instant.now();
        String id = box.create(Box.command("true"), binds("data:/d:ro"));
        box.run(id);
        containers().remove(id, RemoveRequest.DEFAULT);
        volumes().remove("data", false);
        volumes().prune(Map.of());
        List<Event> told = events(before);
        assertThat(told).extracting(Event::action).containsExactly("create", "mount", "unmount", "destroy", "prune");
        assertThat(told.get(1).attributes())
                .isEqualTo(Map.of(
                        "driver",
                        "local",
                        "container",
                        id,
                        "destination",
                        "/d",
                        "read/write",
                        "false",
                        "propagation",
                        ""));
        assertThat(told.get(2).attributes()).isEqualTo(Map.of("driver", "local", "container", id));
        assertThat(told.get(4).attributes()).isEqualTo(Map.of("reclaimed", "0"));
    }

    @Test
    void filesAreCopiedIntoAndOutOfAVolumeOfAContainerThatDoesNotRun() throws Exception {
        String id = box.create(Box.command("cat /v/f"), binds("data:/v"));
        Files.writeString(volumes().mountpoint("data").resolve("f"), "there");
        assertThat(containers().files().stat(id, "/v/f").size()).isEqualTo(5);
        String readOnly = box.create(Box.command("true"), binds("data:/v:ro"));
        assertThatThrownBy(() -> containers()
                        .files()
                        .unpack(readOnly, "/v", java.io.InputStream.nullInputStream(), false, false))
                .hasMessage("mounted volume is marked read-only");
    }

    @Test
    void aVolumeThatIsGoneIsFoundAndTheStartSaysSo() throws Exception {
        String id = box.create(Box.command("true"), binds("data:/v"));
        Path data = volumes().mountpoint("data");
        Files.delete(data);
        assertThatThrownBy(() -> containers().start(id)).hasMessageContaining("is gone: see system fsck");
        List<Finding> findings = new ArrayList<>();
        box.engine().check(true, findings::add);
        assertThat(findings).extracting(Finding::subject).containsExactly("volume data");
        assertThat(box.run(id)).isZero();
    }

    /** A data root of a version that kept volumes in containers' directories. */
    @Test
    void volumesOfOlderVersionsAreMovedOver() throws Exception {
        String id = box.create(Box.command("cat /new/f"), "");
        String user = box.create(Box.command("cat /new/f"), "");
        box.engine().close();
        Path directory = box.dataRoot().resolve("containers/" + id);
        Path files = Files.createDirectories(directory.resolve("volumes/0"));
        Files.writeString(files.resolve("f"), "of old");
        rewrite(id, "\"config\":{", "\"config\":{\"Volumes\":{\"/new\":{}},");
        rewrite(
                user,
                "\"state\":{\"status\"",
                "\"inherited\":[{\"from\":\"" + id + "\",\"source\":\"" + files
                        + "\",\"target\":\"/new\",\"readOnly\":true,\"propagation\":\"rprivate\"}],\"state\":{\"status\"");
        box.restart();
        for (String container : List.of(id, user)) {
            assertThat(box.run(container)).isZero();
            assertThat(box.logs(container, LogQuery.ALL).toEnd()).isEqualTo("of old");
            assertThat(containers().inspect(container).mounts())
                    .singleElement()
                    .satisfies(mount -> assertThat(mount.name()).isEqualTo(names().getFirst()));
        }
        assertThat(directory.resolve("volumes")).doesNotExist();
        box.reopen();
        assertThat(names()).hasSize(1);
        assertThat(volumes().list(Map.of()).getFirst().references()).isEqualTo(2);
        box.remove(id);
        assertThat(names()).hasSize(1);
        box.remove(user);
        assertThat(names()).isEmpty();
    }

    private void rewrite(String id, String old, String replacement) throws IOException {
        Path directory = box.dataRoot().resolve("containers/" + id);
        try (Stream<Path> records = Files.list(directory)) {
            Path record = records.filter(file -> file.getFileName().toString().matches("config\\.\\d+\\.json"))
                    .findFirst()
                    .orElseThrow();
            String state = Files.readString(record);
            String json = state.substring(state.indexOf("\"state\":") + 8, state.lastIndexOf('}'));
            json = json.replaceAll("\"(volumes|inherited)\":\\[],?", "").replaceAll("\"Volumes\":(null|\\{}),?", "");
            assertThat(json).contains(old);
            Files.delete(record);
            dev.berth.engine.state.StateFile.in(directory)
                    .write(json.replace(old, replacement).getBytes(StandardCharsets.UTF_8));
        }
    }
}
