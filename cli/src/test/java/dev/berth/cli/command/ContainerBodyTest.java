package dev.berth.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerBodyTest {
    private static Tree body(String... words) {
        Flags flags = Flags.parse(ContainerFlags.ALL, List.of(words), false);
        List<String> rest = flags.arguments();
        return Json.parse(Json.text(ContainerBody.of(flags, rest.getFirst(), rest.subList(1, rest.size()), false)));
    }

    @Test
    void withoutFlagsOutputIsAttachedAndInputIsNot() {
        Tree body = body("debian", "ls", "-l");
        assertThat(body.text("Image")).isEqualTo("debian");
        assertThat(body.texts("Cmd")).containsExactly("ls", "-l");
        assertThat(body.flag("AttachStdin")).isFalse();
        assertThat(body.flag("AttachStdout")).isTrue();
        assertThat(body.flag("AttachStderr")).isTrue();
        assertThat(body.text("HostConfig", "NetworkMode")).isEqualTo("default");
        assertThat(body.get("Entrypoint").isMissing()).isTrue();
        assertThat(body.text("HostConfig", "RestartPolicy", "Name")).isEqualTo("no");
    }

    @Test
    void anInteractiveTerminalIsAttachedOnce() {
        Tree body = body("-it", "debian");
        assertThat(body.flag("Tty")).isTrue();
        assertThat(body.flag("OpenStdin")).isTrue();
        assertThat(body.flag("StdinOnce")).isTrue();
        assertThat(body.get("Cmd").isMissing()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "-m=64m, Memory, 67108864",
        "--memory-swap=-1, MemorySwap, -1",
        "--cpus=1.5, NanoCpus, 1500000000",
        "--cpu-shares=512, CpuShares, 512",
        "--pids-limit=7, PidsLimit, 7",
        "--shm-size=1g, ShmSize, 1073741824",
        "--oom-score-adj=-5, OomScoreAdj, -5",
        "--blkio-weight=20, BlkioWeight, 20",
        "--memory-swappiness=7, MemorySwappiness, 7",
        "--cpu-rt-runtime=1000, CpuRealtimeRuntime, 1000",
        "--kernel-memory=1m, KernelMemory, 1048576",
    })
    void limitsAreNumbersOfTheHostConfiguration(String flag, String name, long value) {
        assertThat(body(flag, "debian").number("HostConfig", name)).isEqualTo(value);
    }

    @Test
    void volumesAreBindsAndPathsOfOursAreMadeAbsolute() {
        Tree body = body("-v", "/a:/b:ro", "-v", "./c:/d", "-v", "named:/e", "-v", "/anonymous", "debian");
        assertThat(body.texts("HostConfig", "Binds"))
                .containsExactly("/a:/b:ro", Path.of("c").toAbsolutePath() + ":/d", "named:/e");
        assertThat(body.map("Volumes")).containsOnlyKeys("/anonymous");
    }

    @Test
    void mountsAreObjects() {
        Tree mounts = body(
                        "--mount",
                        "type=bind,src=/a,dst=/b,readonly",
                        "--mount",
                        "type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1770",
                        "--mount",
                        "src=data,dst=/v,volume-nocopy,volume-label=a=b,volume-label=c,volume-driver=local,"
                                + "volume-opt=type=tmpfs,volume-opt=o=size=1m,volume-subpath=x/y",
                        "--mount",
                        "type=bind,src=/a,dst=/w,ro,bind-recursive=readonly,bind-propagation=rprivate,bind-create-src",
                        "debian")
                .get("HostConfig", "Mounts");
        List<Tree> list = mounts.list();
        assertThat(list.get(0).text("Source")).isEqualTo("/a");
        assertThat(list.get(0).flag("ReadOnly")).isTrue();
        assertThat(list.get(1).number("TmpfsOptions", "SizeBytes")).isEqualTo(1 << 20);
        assertThat(list.get(1).number("TmpfsOptions", "Mode")).isEqualTo(01770);
        Tree volume = list.get(2).get("VolumeOptions");
        assertThat(list.get(2).text("Type")).isEqualTo("volume");
        assertThat(volume.flag("NoCopy")).isTrue();
        assertThat(volume.text("Subpath")).isEqualTo("x/y");
        assertThat(volume.get("Labels").text("a")).isEqualTo("b");
        assertThat(volume.get("Labels").text("c")).isEmpty();
        assertThat(volume.get("DriverConfig").text("Name")).isEqualTo("local");
        assertThat(volume.get("DriverConfig", "Options").text("o")).isEqualTo("size=1m");
        assertThat(list.get(3).get("BindOptions").flag("ReadOnlyForceRecursive"))
                .isTrue();
        assertThat(list.get(3).get("BindOptions").flag("CreateMountpoint")).isTrue();
    }

    @Test
    void portsKeepTheirAddresses() {
        Tree ports = body("-p", "8080:80", "-p", "127.0.0.1:53:53/udp", "-p", "[::1]:81:80", "-p", "90", "debian")
                .get("HostConfig", "PortBindings");
        assertThat(ports.map()).containsOnlyKeys("80/tcp", "53/udp", "90/tcp");
        List<Tree> web = ports.list("80/tcp");
        assertThat(web).hasSize(2);
        assertThat(web.get(0).text("HostPort")).isEqualTo("8080");
        assertThat(web.get(1).text("HostIp")).isEqualTo("::1");
        assertThat(ports.list("53/udp").getFirst().text("HostIp")).isEqualTo("127.0.0.1");
        assertThat(ports.list("90/tcp").getFirst().text("HostPort")).isEmpty();
    }

    @Test
    void aProfileTravelsAsItsContent(@TempDir Path dir) throws IOException {
        Path profile = Files.writeString(dir.resolve("p.json"), "{}");
        assertThat(body("--security-opt", "seccomp=" + profile, "debian").texts("HostConfig", "SecurityOpt"))
                .containsExactly("seccomp={}");
        assertThat(body("--security-opt", "seccomp=unconfined", "debian").texts("HostConfig", "SecurityOpt"))
                .containsExactly("seccomp=unconfined");
    }

    @Test
    void devicesLimitsAndPoliciesAreTakenApart() {
        Tree host = body(
                        "--device=/dev/fuse",
                        "--device=/dev/a:/dev/b:r",
                        "--ulimit=nofile=10:20",
                        "--restart=on-failure:3",
                        "--tmpfs=/t:size=1m",
                        "debian")
                .get("HostConfig");
        assertThat(host.list("Devices").get(0).text("PathInContainer")).isEqualTo("/dev/fuse");
        assertThat(host.list("Devices").get(0).text("CgroupPermissions")).isEqualTo("rwm");
        assertThat(host.list("Devices").get(1).text("PathInContainer")).isEqualTo("/dev/b");
        assertThat(host.list("Devices").get(1).text("CgroupPermissions")).isEqualTo("r");
        assertThat(host.list("Ulimits").getFirst().number("Hard")).isEqualTo(20);
        assertThat(host.number("RestartPolicy", "MaximumRetryCount")).isEqualTo(3);
        assertThat(host.text("Tmpfs", "/t")).isEqualTo("size=1m");
    }

    @Test
    void healthIsInNanoseconds() {
        Tree health =
                body("--health-cmd=true", "--health-interval=5s", "debian").get("Healthcheck");
        assertThat(health.texts("Test")).containsExactly("CMD-SHELL", "true");
        assertThat(health.number("Interval")).isEqualTo(5_000_000_000L);
        assertThat(body("--no-healthcheck", "debian").texts("Healthcheck", "Test"))
                .containsExactly("NONE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--memory=lots",
                "--cpus=two",
                "--ulimit=nofile",
                "--ulimit=nofile=many",
                "--restart=on-failure:x",
                "--mount=type=bind,src=/a",
                "--mount=type=bind,colour=red,dst=/b",
                "--mount=type=tmpfs,dst=/b,tmpfs-mode=9",
                "--mount=type=tmpfs,dst=/b,volume-nocopy",
                "--mount=type=bind,src=/a,dst=/b,bind-recursive=nonsense",
                "--mount=type=bind,src=/a,dst=/b,bind-recursive=writable",
                "--mount=type=bind,src=/a,dst=/b,ro,bind-recursive=readonly",
                "--health-interval=soon",
                "--security-opt=seccomp=/nowhere/p.json",
                "--env-file=/nowhere/env"
            })
    void whatIsWrongEndsWithTheCodeForUsage(String flag) {
        assertThatThrownBy(() -> body(flag, "debian"))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.exitCode()).isEqualTo(125));
    }

    @Test
    void devicesAreLimitedByTheirPaths() {
        Tree host = body("--device-read-bps=/dev/sda:1mb", "--device-write-iops", "/dev/sda:10", "debian")
                .get("HostConfig");
        assertThat(host.get("BlkioDeviceReadBps").list().getFirst().number("Rate"))
                .isEqualTo(1 << 20);
        assertThat(host.get("BlkioDeviceWriteIOps").list().getFirst().text("Path"))
                .isEqualTo("/dev/sda");
        assertThatThrownBy(() -> body("--device-read-bps=sda:1mb", "debian"))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("bad format for device path: sda:1mb");
        assertThatThrownBy(() -> body("--device-cgroup-rule=x", "debian"))
                .hasMessageContaining("invalid device cgroup format 'x'");
    }

    @Test
    void whatIsAskedOfANetworkStandsWithIt() {
        Tree endpoint = body("--network=n", "--ip=10.0.0.2", "--network-alias=a", "--net-alias=b", "debian")
                .get("NetworkingConfig", "EndpointsConfig", "n");
        assertThat(endpoint.text("IPAMConfig", "IPv4Address")).isEqualTo("10.0.0.2");
        assertThat(endpoint.texts("Aliases")).containsExactly("a", "b");
    }

    @Test
    void aContainerIsOnEachNetworkThatIsNamed() {
        Tree body = body(
                "--network=front",
                "--network=name=back,alias=db,Alias=store,ip=10.0.0.3,ip6=fd00::3,mac-address=02:00:00:00:00:03,"
                        + "driver-opt=com.docker.network.endpoint.sysctls=a,link-local-ip=169.254.0.3,gw-priority=-5",
                "--ip=10.1.0.2",
                "--link=web:shop",
                "debian");
        assertThat(body.text("HostConfig", "NetworkMode")).isEqualTo("front");
        Tree endpoints = body.get("NetworkingConfig", "EndpointsConfig");
        assertThat(endpoints.map().keySet()).containsExactly("front", "back");
        assertThat(endpoints.text("front", "IPAMConfig", "IPv4Address")).isEqualTo("10.1.0.2");
        assertThat(endpoints.get("front").texts("Links")).containsExactly("web:shop");
        Tree back = endpoints.get("back");
        assertThat(back.texts("Aliases")).containsExactly("db", "store");
        assertThat(back.text("IPAMConfig", "IPv4Address")).isEqualTo("10.0.0.3");
        assertThat(back.text("IPAMConfig", "IPv6Address")).isEqualTo("fd00::3");
        assertThat(back.get("IPAMConfig").texts("LinkLocalIPs")).containsExactly("169.254.0.3");
        assertThat(back.text("MacAddress")).isEqualTo("02:00:00:00:00:03");
        assertThat(back.get("DriverOpts").text("com.docker.network.endpoint.sysctls"))
                .isEqualTo("a");
        assertThat(back.number("GwPriority")).isEqualTo(-5);
    }

    @Test
    void aSingleNetworkIsTheMode() {
        Tree body = body("--net=n", "debian");
        assertThat(body.text("HostConfig", "NetworkMode")).isEqualTo("n");
        assertThat(body.map("NetworkingConfig", "EndpointsConfig")).isEmpty();
        assertThat(body("debian").text("HostConfig", "NetworkMode")).isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--network=name=a,foo=b | invalid argument \"name=a,foo=b\" for \"--network\" flag: invalid field key foo",
                "--network=name=a,ip | invalid field ip",
                "--network=name=a,=x | invalid field =x",
                "--network=alias=x | network name/id is not specified",
                "--network=name=a,driver-opt=x | invalid key value pair format in driver options",
                "--network=name=a,gw-priority=x | invalid gw-priority (x): invalid syntax",
                "--network=name=a,gw-priority=99999999999 | invalid gw-priority (99999999999): value out of range",
                "--network=name=a,mac-address=zz | zz is not a valid mac address",
                "--network= | no name set for network",
                "--network=a --network=a | network \"a\" is specified multiple times",
                "--network=a --network=host | cannot attach both user-defined and non-user-defined network-modes",
                "--network=name=a,alias=x --network-alias=y | cannot specify both --network-alias and per-network alias",
                "--network=name=a,ip=10.0.0.2 --ip=10.0.0.3 | cannot specify both --ip and per-network IPv4 address",
                "--network=name=a,ip6=fd00::1 --ip6=fd00::2 | cannot specify both --ip6 and per-network IPv6 address",
                "--network=name=bridge,alias=x | network-scoped aliases are only supported for user-defined networks",
                "--network-alias=x | network-scoped aliases are only supported for user-defined networks"
            })
    void networksThatMakeNoSenseAreRefused(String flags, String message) {
        assertThatThrownBy(() -> body(Stream.concat(Stream.of(flags.split(" ")), Stream.of("debian"))
                        .toArray(String[]::new)))
                .hasMessageContaining(message);
    }

    @Test
    void rangesOfPortsAreExposedOneByOne() {
        assertThat(body("--expose=80-82", "--expose=53/udp", "debian")
                        .map("ExposedPorts")
                        .keySet())
                .containsExactly("80/tcp", "81/tcp", "82/tcp", "53/udp");
        assertThatThrownBy(() -> body("--expose=82-80", "debian"))
                .hasMessageContaining("invalid range format for --expose: 82-80");
    }

    @Test
    void systemPathsAreUnconfinedByEmptyLists() {
        Tree host = body("--security-opt=systempaths=unconfined", "debian").get("HostConfig");
        assertThat(host.texts("SecurityOpt")).isEmpty();
        assertThat(host.get("MaskedPaths").isMissing()).isFalse();
        assertThat(host.texts("ReadonlyPaths")).isEmpty();
    }
}
