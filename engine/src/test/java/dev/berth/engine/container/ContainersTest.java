package dev.berth.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.Box;
import dev.berth.engine.Taken;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.error.EngineException.Kind;
import dev.berth.engine.log.LogQuery;
import dev.berth.level.WindowSize;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class ContainersTest {
    @TempDir
    Path dir;

    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box(dir);
    }

    @AfterEach
    void close() {
        box.close();
    }

    private Containers containers() {
        return box.engine().containers();
    }

    @Test
    void aContainerIsCreatedStartedAttachedAwaitedAndRemoved() throws Exception {
        String id = box.shell("echo out; echo err >&2; exit 3");
        assertThat(id).matches("[0-9a-f]{64}");
        assertThat(box.status(id)).isEqualTo("created");
        Taken taken = box.attach(id);
        assertThat(box.run(id)).isEqualTo(3);
        assertThat(taken.toEnd()).isEqualTo("out\n");
        assertThat(taken.err()).isEqualTo("err\n");
        StateView state = containers().inspect(id).state();
        assertThat(state.status()).isEqualTo("exited");
        assertThat(state.exitCode()).isEqualTo(3);
        assertThat(state.pid()).isZero();
        assertThat(state.finishedAt()).isPresent();
        box.remove(id);
        assertThat(containers().list(ListQuery.ALL)).isEmpty();
        assertThat(box.leftovers()).isEmpty();
    }

    @Test
    void theBuiltInImageGreets() throws Exception {
        CreateRequest request = box.request("\"Image\":\"hello-world\"", "\"Rootfs\":\"\"");
        String id = containers().create(request).id();
        Taken taken = box.attach(id);
        assertThat(box.run(id)).isZero();
        assertThat(taken.toEnd()).isNotBlank();
        ContainerInspection inspection = containers().inspect(id);
        assertThat(inspection.imageId()).startsWith("sha256:");
        assertThat(box.engine().images().containersOf(inspection.imageId())).isEqualTo(1);
        assertThatThrownBy(() -> box.engine().images().remove("hello-world", false))
                .hasMessageContaining(id.substring(0, 12));
        box.remove(id);
        assertThat(box.engine().images().containersOf(inspection.imageId())).isZero();
    }

    @Test
    void aMissingImageIsNamedInDockersWords() {
        CreateRequest request = box.request("\"Image\":\"nosuch/image\"", "\"Rootfs\":\"\"");
        assertFails(() -> containers().create(request), Kind.NOT_FOUND, "No such image: nosuch/image:latest");
    }

    @Test
    void whatIsAskedForArrivesInside() throws Exception {
        Path shared = Files.createDirectory(dir.resolve("shared"));
        String id = box.create(
                Box.command(
                                "hostname; echo $A $PATH $HOSTNAME; pwd; id -u; cat /etc/hostname; grep extra /etc/hosts;"
                                        + " echo hi > /shared/file; ulimit -n; grep -c . /etc/resolv.conf; mount | grep -c /tmp")
                        + ",\"Hostname\":\"box\",\"Env\":[\"A=b\"],\"WorkingDir\":\"/some/where\",\"User\":\"0\"",
                "\"Binds\":[\"" + shared + ":/shared\"],\"ExtraHosts\":[\"extra:10.1.2.3\"],\"Dns\":[\"10.9.9.9\"],"
                        + "\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":99,\"Hard\":99}],\"Tmpfs\":{\"/tmp\":\"size=1m\"}");
        Taken taken = box.attach(id);
        assertThat(box.run(id)).isZero();
        assertThat(taken.toEnd().lines().toList())
                .startsWith(
                        "box",
                        "b /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin box",
                        "/some/where",
                        "0",
                        "box",
                        "10.1.2.3\textra",
                        "99");
        assertThat(Files.readString(shared.resolve("file"))).isEqualTo("hi\n");
        assertThat(containers().inspect(id).mounts())
                .extracting(MountPoint::type)
                .containsExactly("bind");
    }

    @Test
    void volumesAreWritableEvenWhereTheRootIsNot() throws Exception {
        String id = box.create(
                Box.command("echo $(cat /new/file)$(cat /etc/passwd | head -c 4); echo kept > /new/file; touch /x")
                        + ",\"Volumes\":{\"/new\":{},\"/etc\":{}}",
                "\"ReadonlyRootfs\":true");
        assertThat(box.run(id)).isNotZero();
        assertThat(box.run(id)).isNotZero();
        assertThat(box.logs(id, LogQuery.ALL).toEnd()).isEqualTo("root\nkeptroot\n");
        String writable = box.create(
                Box.command("test -e /etc/passwd && touch /etc/x /new/x") + ",\"Volumes\":{\"/new\":{},\"/etc\":{}}",
                "");
        assertThat(box.run(writable)).isZero();
        box.remove(id);
        box.remove(writable);
        assertThat(box.leftovers()).isEmpty();
    }

    @Test
    void aMissingProgramGives127AndItsReason() throws Exception {
        String id = box.create("\"Cmd\":[\"nosuchprogram\"]", "");
        Taken taken = box.attach(id);
        assertFails(() -> containers().start(id), Kind.NOT_RUNNABLE, "executable file not found");
        assertThat(containers().inspect(id).state().exitCode()).isEqualTo(127);
        assertThat(containers().inspect(id).state().error()).contains("nosuchprogram");
        assertThat(box.status(id)).isEqualTo("created");
        assertThat(taken.toEnd()).isEmpty();
    }

    @Test
    void aProgramThatIsNoneGives126() {
        String id = box.create("\"Cmd\":[\"/etc\"]", "");
        assertFails(() -> containers().start(id), Kind.NOT_RUNNABLE, "");
        assertThat(containers().inspect(id).state().exitCode()).isEqualTo(126);
    }

    @Test
    void aContainerThatRemovesItselfIsGoneWhenItsRemovalWasAwaited() throws Exception {
        String id = box.create(Box.command("exit 7"), "\"AutoRemove\":true");
        CompletableFuture<WaitResult> removed = containers().await(id, WaitCondition.REMOVED);
        containers().start(id);
        assertThat(Box.soon(removed).exitCode()).isEqualTo(7);
        assertFails(() -> containers().inspect(id), Kind.NOT_FOUND, "No such container: " + id);
        assertThat(box.leftovers()).isEmpty();
    }

    @Test
    void aContainerThatRemovesItselfIsGoneAfterAFailedStart() throws Exception {
        String id = box.create("\"Cmd\":[\"nosuchprogram\"]", "\"AutoRemove\":true");
        CompletableFuture<WaitResult> removed = containers().await(id, WaitCondition.REMOVED);
        assertFails(() -> containers().start(id), Kind.NOT_RUNNABLE, "not found");
        assertThat(Box.soon(removed).exitCode()).isEqualTo(127);
        assertThat(box.leftovers()).isEmpty();
    }

    @Test
    void namesAreUniqueAndAreGivenBack() {
        CreateRequest unnamed = box.request(Box.command("true"), "");
        CreateRequest named = new CreateRequest(
                Optional.of("/ship"), unnamed.platform(), unnamed.config(), unnamed.hostConfig(), unnamed.networking());
        String id = containers().create(named).id();
        assertFails(
                () -> containers().create(named),
                Kind.CONFLICT,
                "Conflict. The container name \"/ship\" is already in use by container \"" + id
                        + "\". You have to remove (or rename) that container to be able to reuse that name.");
        assertThat(containers().inspect("/ship").id()).isEqualTo(id);
        containers().rename("ship", "boat");
        assertThat(containers().inspect(id.substring(0, 8)).name()).isEqualTo("boat");
        assertThat(containers().create(named).id()).isNotEqualTo(id);
        assertFails(() -> containers().rename("boat", "ship"), Kind.CONFLICT, "already in use");
    }

    @Test
    void aRefusedRequestLeavesNothing() throws Exception {
        for (String host : List.of(
                "\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"70000\"}]}",
                "\"PortBindings\":{\"80/none\":[]}",
                "\"Binds\":[\"named:/data:nosuch\"]",
                "\"Binds\":[\"/x:relative\"]",
                "\"Memory\":1",
                "\"NetworkMode\":\"container:\"",
                "\"LogConfig\":{\"Type\":\"gelf\"}",
                "\"Sysctls\":{\"kernel.core_pattern\":\"|/evil\"}",
                "\"CgroupParent\":\"/../../x\"",
                "\"ExtraHosts\":[\"a\\nb:10.0.0.1\"]",
                "\"Level\":\"nosuch\"",
                "\"Runtime\":\"kata\"")) {
            assertThatThrownBy(() -> box.create(Box.command("true"), host))
                    .as(host)
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).as(host).isIn(Kind.INVALID, Kind.UNSUPPORTED));
        }
        assertThat(containers().list(ListQuery.ALL)).isEmpty();
        assertThat(box.leftovers()).isEmpty();
    }

    @Test
    void whatIsTypedIsRead() throws Exception {
        String id = box.create(Box.command("cat; echo end") + ",\"OpenStdin\":true,\"StdinOnce\":true", "");
        Taken taken = box.attach(id);
        CompletableFuture<Void> early = taken.attachment().write(bytes("before the start\n"));
        assertThat(early).isNotDone();
        containers().start(id);
        Box.soon(early);
        Box.soon(taken.attachment().write(bytes("after it\n")));
        taken.attachment().closeInput();
        assertThat(taken.toEnd()).isEqualTo("before the start\nafter it\nend\n");
        assertThat(box.await(id).exitCode()).isZero();
    }

    @Test
    void aTerminalHasTheSizeItWasGiven() throws Exception {
        String id = box.create(Box.command("stty size; read x; stty size") + ",\"Tty\":true,\"OpenStdin\":true", "");
        containers().resize(id, new WindowSize(11, 22));
        Taken taken = box.attach(id);
        containers().start(id);
        taken.awaitText("11 22");
        containers().resize(id, new WindowSize(33, 44));
        Box.soon(taken.attachment().write(bytes("\n")));
        assertThat(taken.toEnd()).contains("33 44");
        assertFails(() -> containers().resize(id, new WindowSize(-1, 1)), Kind.INVALID, "rows");
    }

    @Test
    void aSlowTakerHoldsUpTheProcessAndGetsEverything() throws Exception {
        String id = box.shell("head -c 3000000 /dev/zero | tr '\\0' x");
        Taken slow = Taken.slow();
        slow.attachment(containers().attach(id, new AttachRequest(false, true, true, false, true), slow));
        containers().start(id);
        slow.awaitText("x");
        Thread.sleep(200);
        assertThat(slow.calls()).isLessThanOrEqualTo(1);
        while (!slow.isEnded()) {
            slow.attachment().resume();
            Thread.sleep(1);
        }
        assertThat(slow.out()).hasSize(3_000_000);
    }

    @Test
    void aTakerWhoLeavesHoldsUpNobody() throws Exception {
        String id = box.shell("head -c 1000000 /dev/zero | tr '\\0' x; exit 4");
        Taken slow = Taken.slow();
        slow.attachment(containers().attach(id, new AttachRequest(false, true, true, false, true), slow));
        containers().start(id);
        slow.awaitText("x");
        slow.attachment().close();
        assertThat(box.await(id).exitCode()).isEqualTo(4);
    }

    @Test
    void whoAttachesLateHearsThePastFirst() throws Exception {
        String id = box.create(Box.command("echo one; read x; echo two") + ",\"OpenStdin\":true", "");
        Taken first = box.attach(id);
        containers().start(id);
        first.awaitText("one");
        Taken late = new Taken();
        late.attachment(containers().attach(id, new AttachRequest(true, true, true, true, true), late));
        Box.soon(late.attachment().write(bytes("\n")));
        assertThat(late.toEnd()).isEqualTo("one\ntwo\n");
    }

    @Test
    void logsAreKeptAndFollowed() throws Exception {
        String id = box.shell("echo one; echo two >&2; sleep 0.2; printf three");
        containers().start(id);
        LogQuery all = LogQuery.ALL;
        Taken followed =
                box.logs(id, new LogQuery(true, true, true, all.since(), all.until(), all.tail(), false, false));
        assertThat(followed.toEnd()).isEqualTo("one\nthree");
        assertThat(followed.err()).isEqualTo("two\n");
        box.await(id);
        Taken stamped =
                box.logs(id, new LogQuery(true, false, false, all.since(), all.until(), all.tail(), true, false));
        assertThat(stamped.toEnd()).matches("(?s)\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z one\n.*Z three");
    }

    @Test
    void aStopIsGentleFirst() throws Exception {
        String id = box.shell("trap 'echo bye; exit 9' TERM; echo ready; while :; do sleep 0.05; done");
        Taken taken = box.attach(id);
        containers().start(id);
        taken.awaitText("ready");
        containers().stop(id, StopRequest.DEFAULT);
        assertThat(taken.toEnd()).isEqualTo("ready\nbye\n");
        assertThat(containers().inspect(id).state().exitCode()).isEqualTo(9);
        assertFails(() -> containers().stop(id, StopRequest.DEFAULT), Kind.NOT_MODIFIED, "already stopped");
    }

    @Test
    void whoDoesNotListenIsKilled() throws Exception {
        String id = box.shell("trap '' TERM; sleep 1000");
        containers().start(id);
        containers().stop(id, new StopRequest(Optional.empty(), OptionalInt.of(0)));
        assertThat(containers().inspect(id).state().exitCode()).isEqualTo(137);
    }

    @Test
    void aPausedContainerStandsStillUntilItIsKilled() throws Exception {
        String id = box.shell("sleep 1000");
        containers().start(id);
        containers().pause(id);
        assertThat(box.status(id)).isEqualTo("paused");
        assertFails(() -> containers().pause(id), Kind.CONFLICT, "is already paused");
        assertFails(() -> containers().start(id), Kind.CONFLICT, "unpause");
        assertFails(() -> box.engine().execs().create(id, Box.exec("\"Cmd\":[\"true\"]")), Kind.CONFLICT, "is paused");
        containers().unpause(id);
        containers().pause(id);
        containers().kill(id, "");
        assertThat(box.status(id)).isEqualTo("exited");
        assertFails(() -> containers().unpause(id), Kind.CONFLICT, "is not paused");
        assertFails(() -> containers().kill(id, "TERM"), Kind.CONFLICT, "is not running");
        assertFails(() -> containers().kill(id, "NOSUCH"), Kind.INVALID, "invalid signal: NOSUCH");
    }

    @Test
    void aRunningContainerIsRemovedByForceOnly() throws Exception {
        String id = box.shell("sleep 1000");
        containers().start(id);
        assertFails(() -> containers().start(id), Kind.NOT_MODIFIED, "");
        assertFails(() -> containers().remove(id, RemoveRequest.DEFAULT), Kind.CONFLICT, "container is running");
        CompletableFuture<WaitResult> end = containers().await(id, WaitCondition.NEXT_EXIT);
        containers().remove(id, RemoveRequest.FORCE);
        assertThat(Box.soon(end).exitCode()).isEqualTo(137);
        assertThat(box.leftovers()).isEmpty();
    }

    @Test
    void aPolicyRestartsAsOftenAsItSays() throws Exception {
        String id = box.create(
                Box.command("echo run; exit 1"), "\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":2}");
        containers().start(id);
        assertThat(box.await(id).exitCode()).isEqualTo(1);
        assertThat(containers().inspect(id).restartCount()).isEqualTo(2);
        assertThat(box.logs(id, LogQuery.ALL).toEnd()).isEqualTo("run\nrun\nrun\n");
    }

    @Test
    void aContainerStoppedByHandIsNotRestarted() throws Exception {
        String id = box.create(Box.command("sleep 1000"), "\"RestartPolicy\":{\"Name\":\"always\"}");
        containers().start(id);
        containers().kill(id, "KILL");
        assertThat(box.status(id)).isEqualTo("exited");
        containers().restart(id, StopRequest.DEFAULT);
        assertThat(box.status(id)).isEqualTo("running");
        containers().stop(id, new StopRequest(Optional.of("KILL"), OptionalInt.empty()));
        assertThat(box.status(id)).isEqualTo("exited");
    }

    @Test
    void execsRunInsideWithOutputInputAndExitCode() throws Exception {
        String id = box.create(Box.command("sleep 1000") + ",\"Env\":[\"A=b\"]", "");
        containers().start(id);
        Execs execs = box.engine().execs();
        String exec = execs.create(
                id,
                Box.exec("\"AttachStdin\":true,\"AttachStdout\":true,\"AttachStderr\":true,\"Env\":[\"C=d\"],"
                        + Box.command("cat; echo $A $C; exit 5")));
        assertThat(execs.inspect(exec).running()).isFalse();
        Taken taken = new Taken();
        taken.attachment(execs.start(exec, false, Optional.empty(), taken));
        Box.soon(taken.attachment().write(bytes("typed\n")));
        taken.attachment().closeInput();
        assertThat(taken.toEnd()).isEqualTo("typed\nb d\n");
        assertThat(execs.inspect(exec).exitCode()).hasValue(5);
        assertFails(() -> execs.startDetached(exec, false), Kind.CONFLICT, "has already run");
        String missing = execs.create(id, Box.exec("\"Cmd\":[\"nosuchprogram\"]"));
        assertFails(() -> execs.startDetached(missing, false), Kind.NOT_RUNNABLE, "not found");
        assertThat(execs.inspect(missing).exitCode()).hasValue(127);
        assertFails(() -> execs.inspect("nosuch"), Kind.NOT_FOUND, "No such exec instance: nosuch");
    }

    @Test
    void theProcessesAndTheirUseAreTold() throws Exception {
        String id = box.shell("echo ready; exec sleep 1000");
        Taken taken = box.attach(id);
        containers().start(id);
        taken.awaitText("ready");
        ProcessTable table = containers().top(id, Optional.empty());
        assertThat(table.titles()).containsExactly("USER", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
        assertThat(table.processes().getFirst())
                .contains("root")
                .anyMatch(column -> column.contains("sleep") || column.contains("sh"));
        assertThat(containers().top(id, Optional.of("-o pid,args")).titles()).containsExactly("PID", "CMD");
        assertFails(() -> containers().top(id, Optional.of("-o secrets")), Kind.INVALID, "secrets");
        assertThat(containers().stats(id).usage().orElseThrow().pids()).isPositive();
    }

    @Test
    void aNetworkIsSharedWithAnotherContainer() throws Exception {
        String first = box.create(Box.command("sleep 1000") + ",\"Hostname\":\"first\"", "");
        containers().start(first);
        String second = box.create(
                Box.command("readlink /proc/self/ns/net; hostname"), "\"NetworkMode\":\"container:" + first + "\"");
        Taken taken = box.attach(second);
        assertThat(box.run(second)).isZero();
        int pid = containers().inspect(first).state().pid();
        assertThat(taken.toEnd()).isEqualTo(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/net")) + "\nfirst\n");
    }

    @Test
    void healthIsProbed() throws Exception {
        String id = box.create(
                Box.command("sleep 1000")
                        + ",\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"echo fine\"],\"Interval\":20000000}",
                "");
        containers().start(id);
        Health health = containers().inspect(id).state().health().orElseThrow();
        while (health.status().equals("starting")) {
            Thread.sleep(10);
            health = containers().inspect(id).state().health().orElseThrow();
        }
        assertThat(health.status()).isEqualTo("healthy");
        assertThat(health.log().getFirst().output()).isEqualTo("fine\n");
    }

    @Test
    void manyAtOnceDoNotDisturbEachOther() throws Exception {
        List<CompletableFuture<Integer>> runs = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int code = i;
            runs.add(CompletableFuture.supplyAsync(
                    () -> {
                        String id = box.create(Box.command("exit " + code), "\"AutoRemove\":true");
                        CompletableFuture<WaitResult> removed = containers().await(id, WaitCondition.REMOVED);
                        containers().start(id);
                        return removed.join().exitCode();
                    },
                    task -> Thread.ofVirtual().start(task)));
        }
        for (int i = 0; i < runs.size(); i++) {
            assertThat(Box.soon(runs.get(i))).isEqualTo(i);
        }
        assertThat(containers().list(ListQuery.ALL)).isEmpty();
        assertThat(box.leftovers()).isEmpty();
    }

    @Test
    void listsAreFiltered() throws Exception {
        String labelled = box.create(Box.command("exit 3") + ",\"Labels\":{\"a\":\"b\"}", "");
        String other = box.shell("sleep 1000");
        box.run(labelled);
        containers().start(other);
        assertThat(ids(new ListQuery(false, OptionalInt.empty(), Map.of()))).containsExactly(other);
        assertThat(ids(filter("label", "a=b"))).containsExactly(labelled);
        assertThat(ids(filter("exited", "3"))).containsExactly(labelled);
        assertThat(ids(filter("status", "running"))).containsExactly(other);
        assertThat(ids(filter("id", other.substring(0, 5)))).containsExactly(other);
        assertThat(ids(filter("since", labelled))).containsExactly(other);
        assertThat(ids(ListQuery.ALL)).containsExactly(other, labelled);
        assertFails(() -> containers().list(filter("nosuch", "x")), Kind.INVALID, "invalid filter 'nosuch'");
        assertThat(containers().prune(Map.of("label", List.of("c"))).ids()).isEmpty();
        assertThat(containers().prune(Map.of()).ids()).containsExactly(labelled);
    }

    private static ListQuery filter(String name, String value) {
        return new ListQuery(true, OptionalInt.empty(), Map.of(name, List.of(value)));
    }

    private List<String> ids(ListQuery query) {
        return containers().list(query).map(ContainerInspection::id).toList();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertFails(Runnable action, Kind kind, String message) {
        assertThatThrownBy(action::run)
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
