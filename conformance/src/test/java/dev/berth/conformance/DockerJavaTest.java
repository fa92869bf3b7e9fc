package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ChangeLog;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.PruneType;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.api.model.StreamType;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.api.model.Volume;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** docker-java, which Testcontainers stands on, at our socket: what its documentation shows. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.DOCKER_REGISTRY, Need.BUSYBOX})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DockerJavaTest {
    private static final String IMAGE = SdkHost.IMAGE;

    private final List<String> made = new ArrayList<>();

    private SdkHost host;
    private DockerClient docker;

    @BeforeAll
    void start(@TempDir Path dir) throws Exception {
        host = SdkHost.start(dir);
        DockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(host.daemon().host())
                .withDockerTlsVerify(false)
                .withDockerConfig(dir.resolve("docker").toString())
                .build();
        docker = DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .build());
    }

    @AfterAll
    void stop() throws Exception {
        try {
            docker.close();
        } finally {
            host.close();
        }
    }

    @AfterEach
    void removeContainers() {
        for (String id : made) {
            try {
                docker.removeContainerCmd(id)
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
            } catch (NotFoundException e) {
                // the test has removed it
            }
        }
        made.clear();
    }

    @Test
    void volumesAreMadeUsedAndRemoved() throws Exception {
        docker.createVolumeCmd()
                .withName("java-volume")
                .withLabels(Map.of("java", "1"))
                .exec();
        try {
            assertThat(docker.listVolumesCmd()
                            .withFilter("label", List.of("java=1"))
                            .exec()
                            .getVolumes())
                    .singleElement()
                    .extracting(InspectVolumeResponse::getName)
                    .isEqualTo("java-volume");
            String id = docker.createContainerCmd(IMAGE)
                    .withHostConfig(HostConfig.newHostConfig()
                            .withNetworkMode("none")
                            .withBinds(new Bind("java-volume", new Volume("/data"))))
                    .withCmd("sh", "-c", "echo x > /data/f")
                    .exec()
                    .getId();
            made.add(id);
            assertThat(docker.inspectContainerCmd(id).exec().getMounts())
                    .singleElement()
                    .extracting(InspectContainerResponse.Mount::getName)
                    .isEqualTo("java-volume");
            assertThatThrownBy(() -> docker.removeVolumeCmd("java-volume").exec())
                    .isInstanceOf(ConflictException.class);
            docker.removeContainerCmd(id).withRemoveVolumes(true).exec();
        } finally {
            docker.removeVolumeCmd("java-volume").exec();
        }
        assertThatThrownBy(() -> docker.inspectVolumeCmd("java-volume").exec()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void theSystemAnswers() {
        docker.pingCmd().exec();
        assertThat(docker.versionCmd().exec().getOperatingSystem()).isEqualTo("linux");
        assertThat(docker.infoCmd().exec().getImages()).isPositive();
        assertThat(docker.authCmd()
                        .withAuthConfig(new AuthConfig()
                                .withUsername("anyone")
                                .withPassword("anything")
                                .withRegistryAddress("http://" + host.registry()))
                        .exec()
                        .getStatus())
                .isEqualTo("Login Succeeded");
    }

    @Test
    void aContainerLivesFromCreateToRemove() throws Exception {
        String id = create(command("sleep", "300")
                .withName("java-life")
                .withLabels(Map.of("java", "life"))
                .withEnv("A=b"));
        assertThat(inspect(id).getState().getStatus()).isEqualTo("created");
        docker.startContainerCmd(id).exec();
        assertThatThrownBy(() -> docker.startContainerCmd(id).exec()).isInstanceOf(NotModifiedException.class);
        InspectContainerResponse told = inspect(id);
        assertThat(told.getState().getRunning()).isTrue();
        assertThat(told.getName()).isEqualTo("/java-life");
        assertThat(told.getConfig().getEnv()).contains("A=b");
        List<Container> listed = docker.listContainersCmd()
                .withLabelFilter(Map.of("java", "life"))
                .withShowSize(true)
                .exec();
        assertThat(listed).singleElement().satisfies(one -> {
            assertThat(one.getId()).isEqualTo(id);
            assertThat(one.getState()).isEqualTo("running");
            assertThat(one.getSizeRootFs()).isPositive();
        });
        docker.pauseContainerCmd(id).exec();
        assertThat(inspect(id).getState().getPaused()).isTrue();
        docker.unpauseContainerCmd(id).exec();
        docker.renameContainerCmd(id).withName("java-renamed").exec();
        docker.restartContainerCmd("java-renamed").withTimeout(0).exec();
        assertThatThrownBy(() -> docker.removeContainerCmd(id).exec()).isInstanceOf(ConflictException.class);
        docker.killContainerCmd(id).withSignal("SIGKILL").exec();
        assertThat(waitFor(id)).isEqualTo(137);
        assertThatThrownBy(() -> docker.stopContainerCmd(id).exec()).isInstanceOf(NotModifiedException.class);
        docker.removeContainerCmd(id).exec();
        assertThatThrownBy(() -> inspect(id)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void whatIsWrongIsRefusedWithItsStatus() {
        assertThatThrownBy(() -> docker.createContainerCmd("no/such:image")
                        .withCmd("true")
                        .exec())
                .isInstanceOf(NotFoundException.class);
        create(command("true").withName("java-once"));
        assertThatThrownBy(() -> create(command("true").withName("java-once"))).isInstanceOf(ConflictException.class);
        String missing = create(command("no-such-program"));
        assertThatThrownBy(() -> docker.startContainerCmd(missing).exec())
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("executable file not found");
    }

    @Test
    void theHostConfigurationIsHonoured() throws Exception {
        Files.writeString(host.shared().resolve("told"), "from outside\n");
        HostConfig config = HostConfig.newHostConfig()
                .withMemory(64L << 20)
                .withPidsLimit(50L)
                .withCpuShares(512)
                .withReadonlyRootfs(true)
                .withTmpFs(Map.of("/tmp", "size=1m"))
                .withCapDrop(Capability.ALL)
                .withUlimits(List.of(new Ulimit("nofile", 100L, 200L)))
                .withBinds(Bind.parse(host.shared() + ":/in:ro"))
                .withNetworkMode("none")
                .withExtraHosts("somewhere:10.1.2.3");
        String id = create(command(
                        "sh",
                        "-c",
                        "cat /in/told; touch /in/no /no 2>/dev/null; touch /tmp/yes && echo tmp;"
                                + " grep CapEff /proc/self/status; grep 'open files' /proc/self/limits")
                .withHostConfig(config));
        docker.startContainerCmd(id).exec();
        assertThat(waitFor(id)).isZero();
        assertThat(logs(id).out().lines())
                .containsExactly(
                        "from outside",
                        "tmp",
                        "CapEff:\t0000000000000000",
                        "Max open files            100                  200                  files     ");
        HostConfig told = inspect(id).getHostConfig();
        assertThat(told.getMemory()).isEqualTo(64L << 20);
        assertThat(told.getPidsLimit()).isEqualTo(50);
        assertThat(told.getCpuShares()).isEqualTo(512);
    }

    @Test
    void logsAreWholeTailedAndFollowed() throws Exception {
        String id = started("sh", "-c", "echo out; echo err >&2; sleep 0.3; echo last");
        Output followed = docker.logContainerCmd(id)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .exec(new Output());
        followed.awaitCompletion();
        assertThat(followed.out()).isEqualTo("out\nlast\n");
        assertThat(followed.err()).isEqualTo("err\n");
        Output tail = docker.logContainerCmd(id)
                .withStdOut(true)
                .withTail(1)
                .withTimestamps(true)
                .exec(new Output());
        tail.awaitCompletion();
        assertThat(tail.out()).matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z last\n");
        assertThat(logs(id).out()).isEqualTo("out\nlast\n");
    }

    @Test
    void aFollowedLogCanBeLeft() throws Exception {
        String id = started("sh", "-c", "while true; do echo on; sleep 0.05; done");
        try (Output followed = docker.logContainerCmd(id)
                .withStdOut(true)
                .withFollowStream(true)
                .exec(new Output())) {
            Command.eventually("some of the log", () -> followed.out().startsWith("on\non\n"));
        }
        assertThat(inspect(id).getState().getRunning()).isTrue();
    }

    @Test
    void attachPassesInputAndOutput() throws Exception {
        String id = create(command("cat").withStdinOpen(true).withStdInOnce(true));
        try (PipedOutputStream typed = new PipedOutputStream();
                InputStream in = new PipedInputStream(typed);
                Output output = docker.attachContainerCmd(id)
                        .withStdIn(in)
                        .withStdOut(true)
                        .withStdErr(true)
                        .withFollowStream(true)
                        .exec(new Output())) {
            output.awaitStarted();
            docker.startContainerCmd(id).exec();
            typed.write("there and back\n".getBytes(StandardCharsets.US_ASCII));
            typed.flush();
            Command.eventually("the echo", () -> output.out().equals("there and back\n"));
        }
    }

    @Test
    void execRunsWithOutputsCodeUserAndDirectory() throws Exception {
        String id = started("sleep", "300");
        String exec = docker.execCreateCmd(id)
                .withCmd("sh", "-c", "id -u; pwd; echo $A; echo err >&2; exit 5")
                .withUser("nobody")
                .withWorkingDir("/tmp")
                .withEnv(List.of("A=b"))
                .withAttachStdout(true)
                .withAttachStderr(true)
                .exec()
                .getId();
        Output output = docker.execStartCmd(exec).exec(new Output());
        output.awaitCompletion();
        assertThat(output.out()).isEqualTo("65534\n/tmp\nb\n");
        assertThat(output.err()).isEqualTo("err\n");
        assertThat(docker.inspectExecCmd(exec).exec().getExitCodeLong()).isEqualTo(5);
    }

    @Test
    void execTakesInput() throws Exception {
        String id = started("sleep", "300");
        String exec = docker.execCreateCmd(id)
                .withCmd("head", "-n", "2")
                .withAttachStdin(true)
                .withAttachStdout(true)
                .exec()
                .getId();
        Output output = docker.execStartCmd(exec)
                .withStdIn(new ByteArrayInputStream("1\n2\n3\n".getBytes(StandardCharsets.US_ASCII)))
                .exec(new Output());
        output.awaitCompletion();
        assertThat(output.out()).isEqualTo("1\n2\n");
    }

    @Test
    void execOpensATerminalAndRunsDetached() throws Exception {
        String id = started("sleep", "300");
        String exec = docker.execCreateCmd(id)
                .withCmd("tty")
                .withTty(true)
                .withAttachStdout(true)
                .exec()
                .getId();
        Output output = docker.execStartCmd(exec).withTty(true).exec(new Output());
        output.awaitCompletion();
        assertThat(output.raw()).matches("/dev/pts/\\d+\r\n");
        String silent =
                docker.execCreateCmd(id).withCmd("touch", "/tmp/made").exec().getId();
        docker.execStartCmd(silent).withDetach(true).exec(new Output()).awaitCompletion();
        Command.eventually(
                "the detached process",
                () -> Long.valueOf(0)
                        .equals(docker.inspectExecCmd(silent).exec().getExitCodeLong()));
    }

    @Test
    void filesAreCopiedBothWays() throws Exception {
        String id = create(command("true"));
        Path file = Files.writeString(host.shared().resolve("copied.txt"), "content\n");
        docker.copyArchiveToContainerCmd(id)
                .withHostResource(file.toString())
                .withRemotePath("/tmp")
                .exec();
        try (InputStream tar =
                docker.copyArchiveFromContainerCmd(id, "/tmp/copied.txt").exec()) {
            assertThat(members(tar)).containsExactly(Map.entry("copied.txt", "content\n"));
        }
        assertThatThrownBy(
                        () -> docker.copyArchiveFromContainerCmd(id, "/no/such").exec())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void changesAreListedExportedAndCommitted() throws Exception {
        String id = started("sh", "-c", "echo kept > /kept");
        waitFor(id);
        List<ChangeLog> changes = docker.containerDiffCmd(id).exec();
        assertThat(changes).singleElement().satisfies(change -> {
            assertThat(change.getPath()).isEqualTo("/kept");
            assertThat(change.getKind()).isEqualTo(1);
        });
        try (InputStream tree = docker.exportContainerCmd(id).exec()) {
            assertThat(members(tree)).containsEntry("kept", "kept\n").containsKey("bin/busybox");
        }
        String image = docker.commitCmd(id)
                .withRepository("java/committed")
                .withTag("1")
                .withAuthor("who")
                .withMessage("why")
                .withCmd("cat", "/kept")
                .exec();
        var told = docker.inspectImageCmd("java/committed:1").exec();
        assertThat(told.getId()).isEqualTo(image);
        assertThat(told.getAuthor()).isEqualTo("who");
        assertThat(told.getConfig().getCmd()).containsExactly("cat", "/kept");
        docker.removeImageCmd("java/committed:1").exec();
    }

    @Test
    void aRunningContainerIsMeasuredListedAndUpdated() throws Exception {
        String id = started("sleep", "300");
        var top = docker.topContainerCmd(id).withPsArgs("-o pid,comm").exec();
        assertThat(top.getTitles()).containsExactly("PID", "COMMAND");
        assertThat(top.getProcesses()[0][1]).isEqualTo("sleep");
        Collected<Statistics> stats = docker.statsCmd(id).withNoStream(true).exec(new Collected<Statistics>());
        stats.awaitCompletion();
        assertThat(stats.all())
                .singleElement()
                .satisfies(one -> assertThat(one.getMemoryStats().getUsage()).isPositive());
        docker.updateContainerCmd(id)
                .withMemory(96L << 20)
                .withMemorySwap(192L << 20)
                .withRestartPolicy(RestartPolicy.alwaysRestart())
                .exec();
        assertThat(inspect(id).getHostConfig().getMemory()).isEqualTo(96L << 20);
        assertThat(inspect(id).getHostConfig().getRestartPolicy()).isEqualTo(RestartPolicy.alwaysRestart());
    }

    @Test
    void statsStreamUntilTheyAreLeft() throws Exception {
        String id = started("sleep", "300");
        try (Collected<Statistics> stats = docker.statsCmd(id).exec(new Collected<Statistics>())) {
            Command.eventually("two statistics", () -> stats.all().size() >= 2);
        }
    }

    @Test
    void eventsAreFollowed() throws Exception {
        try (Collected<Event> events = docker.eventsCmd()
                .withEventTypeFilter(EventType.CONTAINER)
                .withLabelFilter(Map.of("java-events", "1"))
                .exec(new Collected<Event>())) {
            events.awaitStarted();
            String id = create(command("true").withLabels(Map.of("java-events", "1")));
            docker.startContainerCmd(id).exec();
            waitFor(id);
            docker.removeContainerCmd(id).exec();
            Predicate<Event> last = event -> "destroy".equals(event.getAction());
            Command.eventually("the last event", () -> events.all().stream().anyMatch(last));
            assertThat(events.all().stream().map(Event::getAction))
                    .containsSubsequence("create", "start", "die", "destroy");
        }
    }

    @Test
    void containersArePrunedByLabel() throws Exception {
        String id = create(command("true").withLabels(Map.of("prune", "java")));
        docker.pruneCmd(PruneType.CONTAINERS).withLabelFilter("prune=java").exec();
        assertThatThrownBy(() -> inspect(id)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void imagesAreListedTaggedSavedLoadedAndRemoved() throws Exception {
        String id = docker.inspectImageCmd(IMAGE).exec().getId();
        assertThat(docker.listImagesCmd().exec()).extracting(Image::getId).contains(id);
        docker.tagImageCmd(IMAGE, "java/tagged", "v1").exec();
        assertThat(docker.listImagesCmd().withReferenceFilter("java/tagged").exec())
                .singleElement()
                .satisfies(image -> assertThat(image.getRepoTags()).contains("java/tagged:v1"));
        byte[] archive;
        try (InputStream saved =
                docker.saveImageCmd("java/tagged").withTag("v1").exec()) {
            archive = saved.readAllBytes();
        }
        docker.removeImageCmd("java/tagged:v1").exec();
        docker.loadImageCmd(new ByteArrayInputStream(archive)).exec();
        assertThat(docker.inspectImageCmd("java/tagged:v1").exec().getId()).isEqualTo(id);
        docker.removeImageCmd("java/tagged:v1").withForce(true).exec();
        assertThatThrownBy(() -> docker.inspectImageCmd("java/tagged:v1").exec())
                .isInstanceOf(NotFoundException.class);
        assertThat(docker.imageHistoryCmd(IMAGE).exec()).hasSize(1);
    }

    @Test
    void anImageIsBuiltOfAFolder(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("Dockerfile"), """
                FROM %s
                ARG WHO
                COPY file /
                RUN echo $WHO >>/file
                ENTRYPOINT ["cat"]
                CMD ["/file"]
                """.formatted(IMAGE));
        Files.writeString(folder.resolve("file"), "of the folder\n");
        Files.writeString(folder.resolve("left-out"), "");
        Files.writeString(folder.resolve(".dockerignore"), "left-*\n");
        String id = docker.buildImageCmd(folder.toFile())
                .withTags(Set.of("java/built:1", "java/built:2"))
                .withBuildArg("WHO", "me")
                .withLabels(Map.of("java", "1"))
                .withNetworkMode("none")
                .withNoCache(true)
                .exec(new BuildImageResultCallback())
                .awaitImageId();
        try {
            InspectImageResponse image = docker.inspectImageCmd(id).exec();
            assertThat(image.getRepoTags()).containsExactlyInAnyOrder("java/built:1", "java/built:2");
            assertThat(Objects.requireNonNull(image.getConfig()).getLabels()).containsEntry("java", "1");
            assertThat(host.daemon()
                            .docker("run", "--rm", "--network", "none", "java/built:1")
                            .succeeded()
                            .out())
                    .isEqualTo("of the folder\nme\n");
        } finally {
            docker.removeImageCmd(id).withForce(true).exec();
        }
    }

    @Test
    void aBuildThatFailsTellsWhy(@TempDir Path folder) throws Exception {
        Path dockerfile = Files.writeString(folder.resolve("Dockerfile"), "FROM " + IMAGE + "\nRUN exit 3\n");
        assertThatThrownBy(() -> docker.buildImageCmd(dockerfile.toFile())
                        .withNetworkMode("none")
                        .exec(new BuildImageResultCallback())
                        .awaitImageId())
                .isInstanceOf(DockerClientException.class)
                .hasMessageContaining("The command '/bin/sh -c exit 3' returned a non-zero code: 3");
        Files.writeString(dockerfile, "NONE\n");
        assertThatThrownBy(() -> docker.buildImageCmd(dockerfile.toFile())
                        .exec(new BuildImageResultCallback())
                        .awaitImageId())
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("unknown instruction: NONE");
    }

    @Test
    void imagesArePushedAndPulled() throws Exception {
        String repository = host.registry() + "/java/pushed";
        docker.tagImageCmd(IMAGE, repository, "v1").exec();
        docker.pushImageCmd(repository)
                .withTag("v1")
                .exec(new ResultCallback.Adapter<>())
                .awaitCompletion();
        docker.removeImageCmd(repository + ":v1").exec();
        docker.pullImageCmd(repository)
                .withTag("v1")
                .exec(new PullImageResultCallback())
                .awaitCompletion();
        assertThat(docker.inspectImageCmd(repository + ":v1").exec().getId())
                .isEqualTo(docker.inspectImageCmd(IMAGE).exec().getId());
        docker.removeImageCmd(repository + ":v1").exec();
        assertThatThrownBy(() -> docker.pullImageCmd(host.registry() + "/java/absent")
                        .withTag("none")
                        .exec(new PullImageResultCallback())
                        .awaitCompletion())
                .isInstanceOf(DockerException.class);
    }

    private CreateContainerCmd command(String... command) {
        return docker.createContainerCmd(IMAGE).withCmd(command);
    }

    private String create(CreateContainerCmd command) {
        String id = command.exec().getId();
        made.add(id);
        return id;
    }

    private String started(String... command) {
        String id = create(command(command));
        docker.startContainerCmd(id).exec();
        return id;
    }

    private InspectContainerResponse inspect(String id) {
        return docker.inspectContainerCmd(id).exec();
    }

    private int waitFor(String id) {
        return docker.waitContainerCmd(id)
                .exec(new WaitContainerResultCallback())
                .awaitStatusCode(30, TimeUnit.SECONDS);
    }

    private Output logs(String id) throws InterruptedException {
        Output output = docker.logContainerCmd(id)
                .withStdOut(true)
                .withStdErr(true)
                .withTailAll()
                .exec(new Output());
        output.awaitCompletion();
        return output;
    }

    /** The files of a tar by their names. */
    private static Map<String, String> members(InputStream tar) throws IOException {
        Map<String, String> found = new java.util.TreeMap<>();
        TarArchiveInputStream in = new TarArchiveInputStream(tar);
        for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
            found.put(entry.getName(), entry.isFile() ? new String(in.readAllBytes(), StandardCharsets.UTF_8) : "");
        }
        return found;
    }

    /** Everything that a command's stream brought. */
    private static class Collected<T> extends ResultCallback.Adapter<T> {
        private final List<T> all = new CopyOnWriteArrayList<>();

        @Override
        public void onNext(T one) {
            all.add(one);
        }

        List<T> all() {
            return all;
        }
    }

    /** What a process printed, by stream. */
    private static final class Output extends ResultCallback.Adapter<Frame> {
        private final Map<StreamType, StringBuilder> text = new EnumMap<>(StreamType.class);

        @Override
        public synchronized void onNext(Frame frame) {
            text.computeIfAbsent(frame.getStreamType(), type -> new StringBuilder())
                    .append(new String(frame.getPayload(), StandardCharsets.UTF_8));
        }

        String out() {
            return of(StreamType.STDOUT);
        }

        String err() {
            return of(StreamType.STDERR);
        }

        /** Of a terminal. */
        String raw() {
            return of(StreamType.RAW);
        }

        private synchronized String of(StreamType type) {
            return text.getOrDefault(type, new StringBuilder()).toString();
        }
    }
}
