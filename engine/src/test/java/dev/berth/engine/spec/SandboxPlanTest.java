package dev.berth.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.error.EngineException.Kind;
import dev.berth.level.MountSpec;
import dev.berth.level.NamespaceMode;
import dev.berth.level.Resources;
import dev.berth.level.Security.Seccomp;
import io.avaje.jsonb.Jsonb;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxPlanTest {
    private static final Jsonb JSON = Jsonb.builder().build();

    @TempDir
    Path dir;

    @Test
    void commandsAreMergedAsDockerDoes() {
        var image = image(List.of("/entry"), List.of("image-arg"));
        assertThat(merged("", image).entrypoint()).containsExactly("/entry");
        assertThat(merged("", image).cmd()).containsExactly("image-arg");
        assertThat(merged("\"Cmd\":[\"own\"]", image).entrypoint()).containsExactly("/entry");
        assertThat(merged("\"Cmd\":[\"own\"]", image).cmd()).containsExactly("own");
        assertThat(merged("\"Entrypoint\":[\"/own\"]", image).cmd()).isEmpty();
        ContainerConfig none = merged("\"Entrypoint\":[\"\"],\"Cmd\":[\"sh\"]", image);
        assertThat(none.entrypoint()).isEmpty();
        assertThat(none.cmd()).containsExactly("sh");
    }

    @Test
    void environmentsAreLaidOverEachOther() {
        assertThat(Environment.over(List.of("A=1", "B=2", "C=3"), List.of("B=x=y", "C", "D=")))
                .containsExactly("A=1", "B=x=y", "D=");
    }

    @Test
    void nothingToRunIsRefused() {
        refuses(Kind.INVALID, "", "", "no command specified");
        refuses(Kind.INVALID, "\"Cmd\":[\"\"]", "", "no command specified");
    }

    @Test
    void bindsAreRead() {
        MountPlan mounts = plan("\"Binds\":[\"/a/b/c:/x/../deep/er/:ro,rslave\",\"/host:/top:z\"]")
                .mounts();
        assertThat(mounts.entries())
                .extracting(MountPlan.Entry::spec)
                .containsExactly(
                        new MountSpec.Bind(Path.of("/host"), "/top", false, true, "rprivate"),
                        new MountSpec.Bind(Path.of("/a/b/c"), "/deep/er", true, true, "rslave"));
    }

    @Test
    void volumesAreRead() {
        MountPlan mounts = SandboxPlan.of(
                        config(COMMAND + ",\"Volumes\":{\"/anonymous\":{},\"/b\":{}}"),
                        host(
                                "\"Binds\":[\"data:/a:ro,nocopy\",\"/b\"],\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"other\","
                                        + "\"Target\":\"/c\",\"VolumeOptions\":{\"Subpath\":\"x/y\",\"Labels\":{\"l\":\"m\"}}}]"),
                        NetworkingConfig.NONE)
                .mounts();
        assertThat(mounts.volumes())
                .extracting(volume -> volume.request().name()
                        + " " + volume.target() + " " + volume.mode() + " " + volume.readOnly() + " " + volume.copy()
                        + " " + volume.subpath() + volume.request().labels().orElse(Map.of()))
                .containsExactly(
                        "data /a ro,nocopy true false {}", " /b z false true {}", "other /c z false true x/y{l=m}");
        assertThat(mounts.declared()).containsExactly("/anonymous");
    }

    @Test
    void volumesThatMakeNoSenseAreRefused() {
        String type = "\"Type\":\"volume\",\"Target\":\"/b\"";
        refusesMount(type + ",\"VolumeOptions\":{\"Subpath\":\"a\"}", "must not set Subpath");
        refusesMount(
                type + ",\"Source\":\"vv\",\"VolumeOptions\":{\"Subpath\":\"../a\"}",
                "subpath must be a relative path within the volume");
        refusesMount(
                type + ",\"Source\":\"vv\",\"VolumeOptions\":{\"Subpath\":\"/a\"}",
                "subpath must be a relative path within the volume");
        refusesMount(type + ",\"ReadOnly\":true", "must not set ReadOnly mode when using anonymous volumes");
        refusesMount(type + ",\"Source\":\"a/b\"", "includes invalid characters for a local volume name");
        refusesMount(type + ",\"BindOptions\":{}", "field BindOptions must not be specified");
    }

    private static void refusesMount(String mount, String message) {
        refuses(Kind.INVALID, COMMAND, "\"Mounts\":[{" + mount + "}]", message);
    }

    @Test
    void hostileMountsAreRefused() {
        for (String bind : List.of(
                "a",
                ":/b",
                "/a:",
                "/a:/",
                "/a:/..",
                "/a:b",
                "/a:/b:ro:rw",
                "/a:/b:nosuch",
                "../a:/b",
                "/a:/b\\u0000c",
                "a/b:/c",
                "v:/c",
                "-v:/c",
                "/a:ro",
                "/a:/b:ro,rw",
                "/a:/b:nocopy",
                "volume:/b:rslave")) {
            refuses(Kind.INVALID, COMMAND, "\"Binds\":[\"" + bind + "\"]", "");
        }
        refuses(
                Kind.INVALID,
                COMMAND,
                "\"Binds\":[\"a/b:/c\"]",
                "create a/b: \"a/b\" includes invalid characters for a local volume name");
        refuses(Kind.INVALID, COMMAND, "\"Binds\":[\"/a:/b\",\"/c:/x/../b\"]", "Duplicate mount point: /b");
        refuses(
                Kind.INVALID,
                COMMAND,
                "\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/no/such\",\"Target\":\"/b\"}]",
                "bind source path does not exist: /no/such");
        refuses(Kind.INVALID, COMMAND, "\"Mounts\":[{\"Type\":\"npipe\",\"Target\":\"/b\"}]", "npipe");
    }

    @Test
    void tmpfsMountsHaveDockersDefaults() {
        MountPlan mounts =
                plan("\"Tmpfs\":{\"/t\":\"size=1m,exec\"},\"Mounts\":[{\"Type\":\"tmpfs\",\"Target\":\"/m/n\",\"TmpfsOptions\":{\"SizeBytes\":4096,\"Mode\":448}}]")
                        .mounts();
        assertThat(mounts.entries())
                .extracting(MountPlan.Entry::spec)
                .containsExactly(
                        new MountSpec.Tmpfs("/t", List.of("noexec", "nosuid", "nodev", "size=1m", "exec")),
                        new MountSpec.Tmpfs(
                                "/m/n", List.of("noexec", "nosuid", "nodev", "rw", "size=4096", "mode=700")));
    }

    @Test
    void limitsAreReadAndContradictionsRefused() {
        Resources resources =
                plan("\"Memory\":16777216,\"NanoCpus\":500000000,\"PidsLimit\":0,\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":1,\"Hard\":-1}]")
                        .resources();
        assertThat(resources.memoryBytes()).hasValue(16 << 20);
        assertThat(resources.memorySwapBytes()).hasValue(32 << 20);
        assertThat(resources.cpuQuotaMicros()).hasValue(50_000);
        assertThat(resources.pids()).isEmpty();
        refuses(Kind.INVALID, COMMAND, "\"Memory\":6000000", "Minimum memory limit allowed is 6MB");
        refuses(Kind.INVALID, COMMAND, "\"MemorySwap\":10000000", "always set the Memory limit");
        refuses(Kind.INVALID, COMMAND, "\"Memory\":16777216,\"MemorySwap\":8000000", "larger than memory limit");
        refuses(Kind.INVALID, COMMAND, "\"NanoCpus\":1,\"CpuPeriod\":1000", "Conflicting options");
        refuses(Kind.INVALID, COMMAND, "\"NanoCpus\":900000000000", "range of CPUs");
        refuses(Kind.INVALID, COMMAND, "\"CpusetCpus\":\"0;1\"", "cpuset");
        refuses(Kind.INVALID, COMMAND, "\"OomScoreAdj\":2000", "oom score adj");
        refuses(Kind.INVALID, COMMAND, "\"Ulimits\":[{\"Name\":\"nosuch\"}]", "invalid ulimit type: nosuch");
        refuses(
                Kind.INVALID,
                COMMAND,
                "\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":3,\"Hard\":2}]",
                "less than or equal");
    }

    @Test
    void securityOptionsAreRead() {
        assertThat(plan("\"SecurityOpt\":[\"no-new-privileges\",\"seccomp=unconfined\"]")
                        .security())
                .satisfies(
                        security -> assertThat(security.noNewPrivileges()).isTrue(),
                        security -> assertThat(security.seccomp()).isEqualTo(new Seccomp.Unconfined()));
        assertThat(plan("\"SecurityOpt\":[\"seccomp={\\\"a\\\":\\\"b=c\\\"}\"]")
                        .security()
                        .seccomp())
                .isEqualTo(new Seccomp.Profile("{\"a\":\"b=c\"}"));
        refuses(Kind.UNSUPPORTED, COMMAND, "\"SecurityOpt\":[\"apparmor=mine\"]", "apparmor=mine");
        refuses(Kind.INVALID, COMMAND, "\"SecurityOpt\":[\"nosuch\"]", "nosuch");
        refuses(
                Kind.INVALID,
                COMMAND,
                "\"Devices\":[{\"PathOnHost\":\"/dev/null\",\"CgroupPermissions\":\"x\"}]",
                "device mode");
    }

    @Test
    void namespacesAreOnesOwnUnlessSaidOtherwise() {
        assertThat(plan("\"PidMode\":\"container:c\",\"IpcMode\":\"host\"")
                        .namespaces()
                        .resolve(name -> "id of " + name))
                .satisfies(
                        spaces -> assertThat(spaces.network()).isEqualTo(NamespaceMode.PRIVATE),
                        spaces -> assertThat(spaces.pid()).isEqualTo(new NamespaceMode.Joined("id of c")),
                        spaces -> assertThat(spaces.ipc()).isEqualTo(NamespaceMode.HOST));
        refuses(Kind.INVALID, COMMAND, "\"PidMode\":\"nosuch\"", "invalid PID mode: nosuch");
    }

    @Test
    void onlyParametersOfItsOwnNamespacesAreSet() {
        assertThat(plan("\"Sysctls\":{\"net.ipv4.ip_forward\":\"1\",\"kernel.shmmax\":\"1\"}")
                        .sysctls())
                .hasSize(2);
        refuses(Kind.INVALID, COMMAND, "\"Sysctls\":{\"kernel.core_pattern\":\"x\"}", "kernel.core_pattern");
        refuses(
                Kind.INVALID,
                COMMAND,
                "\"Sysctls\":{\"net.ipv4.ip_forward\":\"1\"},\"NetworkMode\":\"host\"",
                "net.ipv4");
        refuses(Kind.INVALID, COMMAND, "\"Sysctls\":{\"net./../../x\":\"1\"}", "not allowed");
    }

    @Test
    void unsupportedPartsAreNamed() {
        refuses(Kind.INVALID, COMMAND, "\"BlkioWeight\":5", "blkio weight");
        refuses(Kind.INVALID, COMMAND, "\"MemorySwappiness\":101", "swappiness");
        refuses(Kind.UNSUPPORTED, COMMAND, "\"DeviceRequests\":[{\"Driver\":\"nvidia\"}]", "DeviceRequests");
        refuses(Kind.INVALID, COMMAND, "\"RestartPolicy\":{\"Name\":\"sometimes\"}", "unknown policy 'sometimes'");
        refuses(Kind.INVALID, COMMAND, "\"AutoRemove\":true,\"RestartPolicy\":{\"Name\":\"always\"}", "AutoRemove");
        refuses(Kind.INVALID, COMMAND + ",\"Hostname\":\"a\\nb\"", "", "invalid hostname format");
        refuses(Kind.INVALID, COMMAND + ",\"WorkingDir\":\"relative\"", "", "absolute path");
        refuses(Kind.INVALID, COMMAND + ",\"Env\":[\"=x\"]", "", "invalid environment variable");
    }

    @Test
    void filesOfNamesHoldOneEntryALine() throws Exception {
        HostConfig host = host(
                "\"ExtraHosts\":[\"v6:[::1]\",\"db=10.0.0.1\"],\"Dns\":[\"1.1.1.1\"],\"DnsSearch\":[\"example.org\"],\"DnsOptions\":[\"ndots:2\"]");
        NetworkFiles.check(host);
        NetworkFiles files = new NetworkFiles(dir);
        files.write("ship", "sea", new NetworkFiles.View(false, false, false, List.of(), "", List.of()), host);
        assertThat(Files.readString(files.hostname())).isEqualTo("ship\n");
        assertThat(Files.readAllLines(files.hosts()))
                .contains("127.0.0.1\tlocalhost", "127.0.1.1\tship.sea ship", "::1\tv6", "10.0.0.1\tdb");
        assertThat(Files.readAllLines(files.resolvConf()))
                .contains("nameserver 1.1.1.1", "search example.org", "options ndots:2");
        files.rewrite(
                "ship",
                "sea",
                new NetworkFiles.View(false, true, true, List.of("172.18.0.2"), "172.18.0.1", List.of()),
                host);
        assertThat(Files.readAllLines(files.hosts()))
                .contains("172.18.0.2\tship.sea ship", "10.0.0.1\tdb")
                .doesNotContain("127.0.1.1\tship.sea ship");
        assertThat(Files.readAllLines(files.resolvConf()))
                .containsExactlyInAnyOrder("nameserver 127.0.0.11", "search example.org", "options ndots:2");
        refuses(Kind.INVALID, COMMAND, "\"Dns\":[\"1.1.1.1\\nnameserver 6.6.6.6\"]", "invalid DNS address");
        HostConfig gateway = host("\"ExtraHosts\":[\"host.docker.internal:host-gateway\"]");
        NetworkFiles.check(gateway);
        files.write("ship", "", new NetworkFiles.View(false, true, false, List.of(), "172.17.0.1", List.of()), gateway);
        assertThat(Files.readAllLines(files.hosts())).contains("172.17.0.1\thost.docker.internal");
        assertThatThrownBy(() -> files.write(
                        "ship", "", new NetworkFiles.View(false, false, false, List.of(), "", List.of()), gateway))
                .hasMessageContaining("unable to derive the IP value for host-gateway");
    }

    private static final String COMMAND = "\"Cmd\":[\"sh\"]";

    private static SandboxPlan plan(String host) {
        return SandboxPlan.of(config(COMMAND), host(host), NetworkingConfig.NONE);
    }

    private static void refuses(Kind kind, String config, String host, String message) {
        assertThatThrownBy(() -> SandboxPlan.of(config(config), host(host), NetworkingConfig.NONE))
                .as("%s %s", config, host)
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private static ContainerConfig config(String members) {
        return JSON.type(ContainerConfig.class).fromJson("{" + members + "}");
    }

    private static HostConfig host(String members) {
        return JSON.type(HostConfig.class).fromJson("{" + members + "}");
    }

    private static ContainerConfig merged(String members, dev.berth.image.oci.ContainerConfig image) {
        return ConfigMerge.merge(config(members), image, "host");
    }

    private static dev.berth.image.oci.ContainerConfig image(List<String> entrypoint, List<String> cmd) {
        var base = dev.berth.image.oci.ContainerConfig.EMPTY;
        return new dev.berth.image.oci.ContainerConfig(
                base.hostname(),
                base.domainname(),
                base.user(),
                base.attachStdin(),
                base.attachStdout(),
                base.attachStderr(),
                base.tty(),
                base.openStdin(),
                base.stdinOnce(),
                base.env(),
                cmd,
                entrypoint,
                base.exposedPorts(),
                base.volumes(),
                base.workingDir(),
                base.labels(),
                base.healthcheck(),
                base.argsEscaped(),
                base.onBuild(),
                base.stopSignal(),
                base.stopTimeoutSeconds(),
                base.shell(),
                base.image(),
                base.macAddress(),
                base.networkDisabled());
    }
}
