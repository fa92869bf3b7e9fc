"""What docker-py's documentation shows of containers, images, execs, events and the system, said to our socket.

Run with DOCKER_HOST at the engine, BERTH_TEST_IMAGE naming an image with a shell in it, and BERTH_TEST_REGISTRY
naming a registry that may be written to. Every test removes what it makes.
"""

import io
import os
import re
import socket
import tarfile
import tempfile
import threading
import time
import unittest

import docker
from docker.errors import APIError, BuildError, ContainerError, ImageNotFound, NotFound
from docker.types import Healthcheck, LogConfig, Mount, Ulimit

IMAGE = os.environ["BERTH_TEST_IMAGE"]
REGISTRY = os.environ["BERTH_TEST_REGISTRY"]


def tar_of(**files):
    """A tar of files by their names, as bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            entry.mode = 0o640
            entry.mtime = 1_600_000_000
            tar.addfile(entry, io.BytesIO(text))
    return buffer.getvalue()


def members(chunks):
    """The contents of a tar that comes in chunks, by name; of what is no file, None."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            found[entry.name] = content.read() if content else None
    return found


def read_until(sock, wanted):
    """Reads from a socket until the bytes are seen."""
    seen = b""
    while wanted not in seen:
        some = sock.recv(4096)
        if not some:
            raise AssertionError("the stream ended with %r before %r" % (seen, wanted))
        seen += some
    return seen


def read_to_end(sock):
    seen = b""
    while True:
        some = sock.recv(4096)
        if not some:
            return seen
        seen += some


class Suite(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = docker.from_env(timeout=60)

    @classmethod
    def tearDownClass(cls):
        cls.client.close()

    def create(self, command, image=IMAGE, **options):
        container = self.client.containers.create(image, command, **options)
        self.addCleanup(self.remove, container)
        return container

    def run_detached(self, command, **options):
        container = self.client.containers.run(IMAGE, command, detach=True, **options)
        self.addCleanup(self.remove, container)
        return container

    def events_of(self, container, action):
        """What a container's events tell of an action so far."""
        return list(self.client.events(
            since=1, until="%.9f" % time.time(), decode=True, filters={"container": container.id, "event": action}))

    @staticmethod
    def remove(container):
        try:
            container.remove(force=True, v=True)
        except NotFound:
            pass

    def eventually(self, what, condition):
        end = time.monotonic() + 30
        while not condition():
            if time.monotonic() > end:
                self.fail("waited 30 s in vain for " + what)
            time.sleep(0.05)


class ContainersRun(Suite):
    def test_run_returns_what_the_container_printed(self):
        self.assertEqual(self.client.containers.run(IMAGE, "echo hello world", remove=True), b"hello world\n")

    def test_run_takes_a_list_and_an_image_object(self):
        image = self.client.images.get(IMAGE)
        self.assertEqual(self.client.containers.run(image, ["echo", "a  b"], remove=True), b"a  b\n")

    def test_run_gives_only_the_streams_that_are_asked_for(self):
        say = ["sh", "-c", "echo out; echo err >&2"]
        self.assertEqual(self.client.containers.run(IMAGE, say, remove=True), b"out\n")
        self.assertEqual(self.client.containers.run(IMAGE, say, remove=True, stdout=False, stderr=True), b"err\n")
        both = self.client.containers.run(IMAGE, say, remove=True, stdout=True, stderr=True)
        self.assertEqual(sorted(both.split()), [b"err", b"out"])

    def test_run_raises_with_the_exit_code_and_the_error_output(self):
        with self.assertRaises(ContainerError) as raised:
            self.client.containers.run(IMAGE, ["sh", "-c", "echo lost >&2; exit 3"], remove=True)
        self.assertEqual(raised.exception.exit_status, 3)
        self.assertEqual(raised.exception.stderr, b"lost\n")

    def test_run_streams(self):
        lines = self.client.containers.run(IMAGE, ["seq", "1", "3"], stream=True, remove=True)
        self.assertEqual(b"".join(lines), b"1\n2\n3\n")

    def test_run_detached_gives_a_container(self):
        container = self.run_detached(["sleep", "300"], name="py-detached", labels={"py": "detached"})
        self.assertEqual(container.name, "py-detached")
        self.assertEqual(container.labels["py"], "detached")
        self.assertRegex(container.id, "^[0-9a-f]{64}$")
        self.assertEqual(container.short_id, container.id[:10])
        container.reload()
        self.assertEqual(container.status, "running")
        self.assertEqual(container.image, self.client.images.get(IMAGE))
        self.assertEqual(container.ports, {})

    def test_run_detached_and_removed_leaves_nothing(self):
        container = self.client.containers.run(IMAGE, "true", detach=True, remove=True)
        self.eventually("the container to remove itself", lambda: not self.exists(container.id))

    def exists(self, name):
        try:
            self.client.containers.get(name)
            return True
        except NotFound:
            return False

    def test_run_of_an_unknown_image_says_so(self):
        with self.assertRaises(ImageNotFound):
            self.create("true", image="no/such:image")
        with self.assertRaises(NotFound):  # run pulls it first
            self.client.containers.run(REGISTRY + "/no/such:image", "true")

    def test_run_of_a_missing_program_says_so(self):
        with self.assertRaises(APIError) as raised:
            self.run_detached(["no-such-program"], name="py-missing")
        self.addCleanup(self.remove, self.client.containers.get("py-missing"))
        self.assertEqual(raised.exception.status_code, 400)
        self.assertIn("executable file not found", raised.exception.explanation)

    def test_a_name_is_given_once(self):
        self.create("true", name="py-once")
        with self.assertRaises(APIError) as raised:
            self.create("true", name="py-once")
        self.assertEqual(raised.exception.status_code, 409)

    def test_where_and_as_whom_it_runs(self):
        said = self.client.containers.run(
            IMAGE,
            ["sh", "-c", "echo $A-$B; pwd; id -u; id -g; id -G; hostname; cat /etc/hosts /proc/1/cgroup"],
            environment={"A": "1", "B": "two words"},
            working_dir="/tmp",
            user="65534:50",
            group_add=["65534"],
            hostname="box",
            domainname="example.org",
            extra_hosts={"somewhere": "10.1.2.3"},
            remove=True,
        ).decode()
        self.assertTrue(said.startswith("1-two words\n/tmp\n65534\n50\n50 65534\nbox\n"), said)
        self.assertRegex(said, r"10\.1\.2\.3\s+somewhere")

    def test_environment_as_a_list(self):
        self.assertEqual(
            self.client.containers.run(IMAGE, ["sh", "-c", "echo $A"], environment=["A=list"], remove=True), b"list\n")

    def test_entrypoint_terminal_and_init(self):
        self.assertEqual(self.client.containers.run(IMAGE, "there", entrypoint="echo hi", remove=True), b"hi there\n")
        self.assertEqual(self.client.containers.run(IMAGE, ["tty"], tty=True, remove=True).strip(), b"/dev/pts/0")
        pid = self.client.containers.run(IMAGE, ["sh", "-c", "echo $$"], init=True, remove=True)
        self.assertNotEqual(pid, b"1\n")

    def test_limits_are_set_and_told(self):
        container = self.run_detached(
            ["sleep", "300"],
            mem_limit="64m",
            memswap_limit="128m",
            mem_reservation="32m",
            cpu_shares=512,
            nano_cpus=500_000_000,
            cpuset_cpus="0",
            pids_limit=50,
            shm_size="8m",
            oom_score_adj=100,
            ulimits=[Ulimit(name="nofile", soft=100, hard=200)],
        )
        host = container.attrs["HostConfig"]
        self.assertEqual(host["Memory"], 64 << 20)
        self.assertEqual(host["MemorySwap"], 128 << 20)
        self.assertEqual(host["MemoryReservation"], 32 << 20)
        self.assertEqual(host["CpuShares"], 512)
        self.assertEqual(host["NanoCpus"], 500_000_000)
        self.assertEqual(host["CpusetCpus"], "0")
        self.assertEqual(host["PidsLimit"], 50)
        self.assertEqual(host["ShmSize"], 8 << 20)
        self.assertEqual(host["Ulimits"], [{"Name": "nofile", "Soft": 100, "Hard": 200}])
        inside = container.exec_run(["sh", "-c", "cat /proc/1/limits /proc/1/oom_score_adj; stat -f -c %s:%b /dev/shm"])
        said = inside.output.decode()
        self.assertRegex(said, r"Max open files\s+100\s+200")
        self.assertIn("\n100\n", said)
        block, count = said.split()[-1].split(":")
        self.assertEqual(int(block) * int(count), 8 << 20)

    def test_isolation(self):
        said = self.client.containers.run(
            IMAGE,
            ["sh", "-c", "touch /no; touch /tmp/yes && echo tmp; grep CapEff /proc/self/status; ls /sys/class/net"],
            read_only=True,
            tmpfs={"/tmp": "size=1m,mode=1777"},
            cap_drop=["ALL"],
            cap_add=["NET_BIND_SERVICE"],
            security_opt=["no-new-privileges"],
            network_mode="none",
            remove=True,
        )
        self.assertEqual(said.split(), [b"tmp", b"CapEff:", b"0000000000000400", b"lo"])

    def test_namespaces_of_the_host_and_of_others(self):
        first = self.run_detached(["sleep", "300"])
        theirs = first.exec_run(["ls", "-l", "/proc/1/ns/pid"]).output.split()[-1]
        said = self.client.containers.run(
            IMAGE, ["sh", "-c", "ls -l /proc/self/ns/ipc /proc/self/ns/pid /proc/self/ns/uts"],
            pid_mode="container:" + first.id, ipc_mode="host", uts_mode="host", remove=True)
        self.assertIn(theirs, said)
        self.assertIn(os.readlink("/proc/self/ns/ipc").encode(), said)
        self.assertIn(os.readlink("/proc/self/ns/uts").encode(), said)

    def test_sysctls_devices_and_privilege(self):
        said = self.client.containers.run(
            IMAGE, ["sh", "-c", "cat /proc/sys/kernel/shm_rmid_forced; ls /dev/mine"],
            sysctls={"kernel.shm_rmid_forced": "1"}, devices=["/dev/null:/dev/mine:rwm"], remove=True)
        self.assertEqual(said, b"1\n/dev/mine\n")
        said = self.client.containers.run(
            IMAGE, ["sh", "-c", "mount -t tmpfs none /tmp && echo mounted"], privileged=True, remove=True)
        self.assertEqual(said, b"mounted\n")

    def test_volumes(self):
        volume = self.client.volumes.create(name="suite", labels={"suite": "1"})
        self.addCleanup(volume.remove, force=True)
        self.assertEqual(volume.attrs["Driver"], "local")
        self.assertIn("suite", [v.name for v in self.client.volumes.list(filters={"label": "suite=1"})])
        write = ["sh", "-c", "echo kept > /data/f; ls /data"]
        self.client.containers.run(IMAGE, write, volumes={"suite": {"bind": "/data", "mode": "rw"}}, remove=True)
        mount = Mount("/other", "suite", type="volume", read_only=True, no_copy=True)
        self.assertEqual(self.client.containers.run(IMAGE, ["cat", "/other/f"], mounts=[mount], remove=True), b"kept\n")
        container = self.run_detached(["sleep", "300"], volumes=["suite:/data", "/anonymous"])
        self.assertEqual(
            sorted((m["Type"], m["Destination"], m["Driver"]) for m in container.attrs["Mounts"]),
            [("volume", "/anonymous", "local"), ("volume", "/data", "local")])
        with self.assertRaises(APIError) as refused:
            volume.remove()
        self.assertEqual(refused.exception.status_code, 409)
        self.assertIn(container.id, str(refused.exception))
        container.remove(force=True, v=True)
        usage = [v for v in self.client.df()["Volumes"] if v["Name"] == "suite"]
        self.assertEqual(usage[0]["UsageData"], {"RefCount": 0, "Size": 5})
        self.assertEqual(self.client.volumes.prune(filters={"label": "nothing"})["SpaceReclaimed"], 0)

    def test_binds_and_mounts(self):
        directory = os.environ["BERTH_TEST_DIRECTORY"]
        with open(os.path.join(directory, "told"), "w") as file:
            file.write("from outside\n")
        read = ["sh", "-c", "cat /in/told; touch /in/new"]
        with self.assertRaises(ContainerError):
            self.client.containers.run(
                IMAGE, read, volumes={directory: {"bind": "/in", "mode": "ro"}}, remove=True)
        self.assertEqual(
            self.client.containers.run(IMAGE, read, volumes=[directory + ":/in:rw"], remove=True), b"from outside\n")
        self.assertTrue(os.path.exists(os.path.join(directory, "new")))
        container = self.run_detached(
            ["sleep", "300"],
            mounts=[
                Mount("/in", directory, type="bind", read_only=True),
                Mount("/scratch", None, type="tmpfs", tmpfs_size="1m", tmpfs_mode=0o700),
            ])
        seen = {mount["Destination"]: mount for mount in container.attrs["Mounts"]}
        self.assertEqual(seen["/in"]["Source"], directory)
        self.assertFalse(seen["/in"]["RW"])
        self.assertEqual(container.exec_run(["stat", "-c", "%a", "/scratch"]).output, b"700\n")

    def test_a_healthcheck_runs(self):
        container = self.run_detached(
            ["sleep", "300"],
            healthcheck=Healthcheck(test=["CMD-SHELL", "echo fine"], interval=1_000_000_000, timeout=5_000_000_000,
                                    retries=2, start_period=0))

        def healthy():
            container.reload()
            return container.attrs["State"]["Health"]["Status"] == "healthy"

        self.eventually("the container to be healthy", healthy)
        self.assertEqual(container.attrs["State"]["Health"]["Log"][0]["Output"], "fine\n")

    def test_restart_policies_restart(self):
        container = self.run_detached(["false"], restart_policy={"Name": "on-failure", "MaximumRetryCount": 2})

        def gave_up():
            container.reload()
            return container.attrs["RestartCount"] == 2 and container.status == "exited"

        self.eventually("two restarts", gave_up)

    def test_log_drivers(self):
        config = LogConfig(type=LogConfig.types.JSON, config={"max-size": "1m", "max-file": "3"})
        container = self.run_detached(["echo", "kept"], log_config=config)
        container.wait()
        self.assertEqual(container.logs(), b"kept\n")
        self.assertEqual(container.attrs["HostConfig"]["LogConfig"]["Config"], {"max-size": "1m", "max-file": "3"})
        silent = self.run_detached(["echo", "gone"], log_config=LogConfig(type="none"))
        silent.wait()
        with self.assertRaises(APIError):
            silent.logs()

    def test_stop_signal_and_platform(self):
        container = self.run_detached(
            ["sh", "-c", "trap 'exit 9' USR1; echo ready; while true; do sleep 0.1; done"], stop_signal="SIGUSR1",
            platform="linux/amd64" if os.uname().machine == "x86_64" else "linux/arm64")
        self.eventually("the trap", lambda: container.logs() == b"ready\n")
        container.stop()
        self.assertEqual(container.wait()["StatusCode"], 9)


class ContainerLife(Suite):
    def test_create_start_wait_and_logs(self):
        container = self.create(["sh", "-c", "echo one; echo two >&2; exit 4"])
        self.assertEqual(container.status, "created")
        container.start()
        self.assertEqual(container.wait(timeout=30)["StatusCode"], 4)
        self.assertEqual(container.logs(stderr=False), b"one\n")
        self.assertEqual(container.logs(stdout=False), b"two\n")

    def test_wait_for_the_next_exit_and_for_the_removal(self):
        container = self.run_detached(["sh", "-c", "trap 'exit 6' TERM; echo ready; while true; do sleep 0.1; done"])
        self.eventually("the trap", lambda: container.logs() == b"ready\n")
        codes = []
        waiters = [
            threading.Thread(target=lambda c=condition: codes.append(container.wait(condition=c)["StatusCode"]))
            for condition in ("next-exit", "removed", "not-running")]
        for waiter in waiters:
            waiter.start()
        time.sleep(0.3)
        container.stop(timeout=20)
        container.remove()
        for waiter in waiters:
            waiter.join(30)
        self.assertEqual(codes, [6, 6, 6])

    def test_wait_gives_up_when_the_client_does(self):
        container = self.run_detached(["sleep", "300"])
        with self.assertRaises(Exception) as raised:
            container.wait(timeout=0.5)
        self.assertIn("timed out", str(raised.exception).lower())

    def test_kill_with_a_signal_by_name_and_number(self):
        container = self.run_detached(["sh", "-c", "trap 'echo hup' HUP; echo ready; while true; do sleep 0.1; done"])
        self.eventually("the trap", lambda: container.logs() == b"ready\n")
        container.kill("SIGHUP")
        self.eventually("the signal", lambda: container.logs(tail=1) == b"hup\n")
        container.kill(signal=1)
        self.eventually("the signal again", lambda: container.logs() == b"ready\nhup\nhup\n")
        container.kill()
        self.assertEqual(container.wait()["StatusCode"], 137)
        with self.assertRaises(APIError) as raised:
            container.kill()
        self.assertEqual(raised.exception.status_code, 409)

    def test_pause_unpause_restart_stop_rename_remove(self):
        container = self.run_detached(["sleep", "300"], name="py-life")
        container.pause()
        container.reload()
        self.assertEqual(container.status, "paused")
        container.unpause()
        container.reload()
        self.assertEqual(container.status, "running")
        before = container.attrs["State"]["StartedAt"]
        container.restart(timeout=0)
        container.reload()
        self.assertNotEqual(container.attrs["State"]["StartedAt"], before)
        container.rename("py-renamed")
        self.assertEqual(self.client.containers.get("py-renamed").id, container.id)
        with self.assertRaises(APIError) as raised:
            container.remove()
        self.assertEqual(raised.exception.status_code, 409)
        container.stop(timeout=0)
        container.reload()
        self.assertEqual(container.status, "exited")
        container.remove()
        with self.assertRaises(NotFound):
            self.client.containers.get("py-renamed")

    def test_starting_twice_is_no_error(self):
        container = self.run_detached(["sleep", "300"])
        container.start()
        container.reload()
        self.assertEqual(container.status, "running")

    def test_update_changes_limits_and_the_restart_policy(self):
        container = self.run_detached(["sleep", "300"], mem_limit="64m")
        answer = container.update(
            mem_limit="96m", memswap_limit="192m", cpu_shares=256, cpu_quota=50_000, cpu_period=100_000,
            restart_policy={"Name": "always"})
        self.assertIn("Warnings", answer)
        container.reload()
        host = container.attrs["HostConfig"]
        self.assertEqual(
            (host["Memory"], host["CpuShares"], host["CpuQuota"], host["RestartPolicy"]["Name"]),
            (96 << 20, 256, 50_000, "always"))

    def test_top_lists_processes(self):
        container = self.run_detached(["sleep", "300"])
        plain = container.top()
        self.assertIn("PID", plain["Titles"])
        self.assertIn("sleep 300", plain["Processes"][0])
        other = container.top(ps_args="-eo pid,comm")
        self.assertEqual(other["Titles"], ["PID", "COMMAND"])
        self.assertEqual(other["Processes"][0][1], "sleep")

    def test_stats_once_and_as_a_stream(self):
        container = self.run_detached(["sleep", "300"])
        once = container.stats(stream=False)
        self.assertEqual(once["id"], container.id)
        self.assertGreater(once["memory_stats"]["usage"], 0)
        self.assertGreater(once["cpu_stats"]["system_cpu_usage"], once["precpu_stats"]["system_cpu_usage"])
        self.assertEqual(once["pids_stats"]["current"], 1)
        stream = container.stats(decode=True)
        first, second = next(stream), next(stream)
        stream.close()
        self.assertLess(first["read"], second["read"])
        self.assertEqual(second["precpu_stats"]["cpu_usage"], first["cpu_stats"]["cpu_usage"])

    def test_list_with_its_filters(self):
        first = self.run_detached(["sleep", "300"], name="py-list-1", labels={"group": "py-list", "n": "1"})
        second = self.create(["true"], name="py-list-2", labels={"group": "py-list", "n": "2"})
        third = self.run_detached(["sh", "-c", "exit 5"], name="py-list-3", labels=["group"])
        third.wait()

        def ids(**options):
            return {container.id for container in self.client.containers.list(**options)}

        group = {"label": "group=py-list"}
        self.assertEqual(ids(filters=group), {first.id})
        self.assertEqual(ids(all=True, filters=group), {first.id, second.id})
        self.assertEqual(ids(all=True, filters={"label": ["group=py-list", "n=2"]}), {second.id})
        self.assertEqual(ids(all=True, filters={"label": "group"}), {first.id, second.id, third.id})
        self.assertEqual(ids(all=True, filters={"exited": 5, "label": "group"}), {third.id})
        self.assertEqual(ids(all=True, filters={"status": "created", "label": "group"}), {second.id})
        self.assertEqual(ids(all=True, filters={"name": "py-list-3"}), {third.id})
        self.assertEqual(ids(all=True, filters={"id": first.id}), {first.id})
        self.assertLessEqual({first.id, second.id, third.id}, ids(all=True, filters={"ancestor": IMAGE}))
        self.assertEqual(ids(all=True, filters={"before": second.id, "label": "group"}), {first.id})
        self.assertEqual(ids(all=True, filters={"since": second.name, "label": "group"}), {third.id})
        self.assertEqual(ids(limit=1, filters={"label": "group"}), {third.id})
        sparse = self.client.containers.list(filters=group, sparse=True)[0]
        self.assertEqual((sparse.status, sparse.attrs["Names"], sparse.attrs["Labels"]["n"]), ("running", ["/py-list-1"], "1"))
        self.assertEqual(len(self.client.containers.list(all=True, ignore_removed=True, filters={"label": "group"})), 3)

    def test_low_level_list_quiet_latest_and_size(self):
        container = self.create(["true"])
        self.assertEqual(self.client.api.containers(quiet=True, latest=True)[0]["Id"], container.id)
        self.assertIn("SizeRootFs", self.client.api.containers(all=True, size=True)[0])

    def test_prune_removes_what_has_ended(self):
        ended = self.run_detached(["true"], labels={"prune": "py"})
        ended.wait()
        running = self.run_detached(["sleep", "300"], labels={"prune": "py"})
        pruned = self.client.containers.prune(filters={"label": "prune=py"})
        self.assertEqual(pruned["ContainersDeleted"], [ended.id])
        self.assertGreaterEqual(pruned["SpaceReclaimed"], 0)
        running.reload()

    def test_an_unknown_container_is_not_found(self):
        with self.assertRaises(NotFound):
            self.client.containers.get("no-such-container")


class ContainerOutput(Suite):
    def test_logs_with_tail_times_and_timestamps(self):
        container = self.run_detached(["sh", "-c", "echo 1; echo 2; echo 3"])
        container.wait()
        self.assertEqual(container.logs(tail=2), b"2\n3\n")
        self.assertEqual(container.logs(tail="all"), b"1\n2\n3\n")
        stamped = container.logs(timestamps=True, tail=1).decode()
        self.assertRegex(stamped, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z 3\n$")
        now = int(time.time())
        self.assertEqual(container.logs(since=now + 60), b"")
        self.assertEqual(container.logs(since=now - 600, until=now + 60), b"1\n2\n3\n")
        self.assertEqual(container.logs(until=now - 600), b"")

    def test_logs_follow_until_the_end(self):
        container = self.run_detached(["sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.2; done"])
        self.assertEqual(b"".join(container.logs(stream=True, follow=True)), b"line 1\nline 2\nline 3\n")

    def test_a_followed_log_can_be_left(self):
        container = self.run_detached(["sh", "-c", "while true; do echo on; sleep 0.05; done"])
        stream = container.logs(stream=True)
        self.assertEqual(next(stream), b"on\n")
        stream.close()

    def test_attach_streams_and_gives_the_whole(self):
        container = self.create(["sh", "-c", "echo out; echo err >&2"])
        stream = container.attach(stdout=True, stderr=True, stream=True)
        container.start()
        self.assertEqual(sorted(b"".join(stream).split()), [b"err", b"out"])
        container.wait()
        self.assertEqual(container.attach(stdout=True, stderr=False, stream=False, logs=True), b"out\n")

    def test_attach_with_its_streams_apart(self):
        container = self.create(["sh", "-c", "echo out; echo err >&2"])
        stream = container.attach(stdout=True, stderr=True, stream=True, demux=True)
        container.start()
        pieces = list(stream)
        self.assertEqual(b"".join(out for out, _ in pieces if out), b"out\n")
        self.assertEqual(b"".join(err for _, err in pieces if err), b"err\n")

    def test_an_attached_socket_is_written_to_and_read(self):
        container = self.create(["cat"], stdin_open=True)
        attached = container.attach_socket(params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
        container.start()
        raw = attached._sock
        raw.sendall(b"through the container\n")
        self.assertEqual(read_until(raw, b"container\n"), b"\1\0\0\0\0\0\0\x16through the container\n")
        raw.shutdown(socket.SHUT_WR)
        self.assertEqual(read_to_end(raw), b"")
        raw.close()
        attached.close()
        container.stop(timeout=0)

    def test_a_terminal_is_attached_resized_and_detached(self):
        container = self.create(["sh"], stdin_open=True, tty=True)
        attached = container.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
        container.start()
        raw = attached._sock
        container.resize(40, 132)
        raw.sendall(b"stty size\n")
        read_until(raw, b"40 132")
        raw.sendall(b"\x10\x11")  # ctrl-p, ctrl-q
        read_to_end(raw)
        raw.close()
        attached.close()
        container.reload()
        self.assertEqual(container.status, "running")
        self.eventually("the event", lambda: len(self.events_of(container, "detach")) == 1)


class Execs(Suite):
    def setUp(self):
        self.container = self.run_detached(["sleep", "300"])

    def test_exec_run_gives_code_and_output(self):
        result = self.container.exec_run("echo hello")
        self.assertEqual((result.exit_code, result.output), (0, b"hello\n"))
        self.assertEqual(self.container.exec_run(["sh", "-c", "exit 7"]).exit_code, 7)

    def test_exec_run_takes_user_environment_workdir_and_privilege(self):
        result = self.container.exec_run(
            ["sh", "-c", "id -u; echo $A; pwd; grep CapEff /proc/self/status"],
            user="nobody", environment={"A": "b"}, workdir="/tmp")
        self.assertEqual(result.output.split()[:3], [b"65534", b"b", b"/tmp"])
        mount = self.container.exec_run(["mount", "-t", "tmpfs", "none", "/tmp"], privileged=True)
        self.assertEqual((mount.exit_code, mount.output), (0, b""))

    def test_exec_run_streams(self):
        code, stream = self.container.exec_run(["sh", "-c", "echo 1; sleep 0.2; echo 2"], stream=True)
        self.assertIsNone(code)
        self.assertEqual(b"".join(stream), b"1\n2\n")

    def test_exec_run_keeps_the_streams_apart(self):
        say = ["sh", "-c", "echo out; echo err >&2"]
        self.assertEqual(self.container.exec_run(say, demux=True).output, (b"out\n", b"err\n"))
        pieces = list(self.container.exec_run(say, demux=True, stream=True).output)
        self.assertEqual(b"".join(out for out, _ in pieces if out), b"out\n")
        self.assertEqual(b"".join(err for _, err in pieces if err), b"err\n")
        self.assertEqual(self.container.exec_run(say, stderr=False).output, b"out\n")
        self.assertEqual(self.container.exec_run(say, stdout=False).output, b"err\n")

    def test_exec_run_gives_a_socket(self):
        _, attached = self.container.exec_run(["cat"], stdin=True, socket=True)
        raw = attached._sock
        raw.sendall(b"typed\n")
        self.assertEqual(read_until(raw, b"typed\n"), b"\1\0\0\0\0\0\0\6typed\n")
        raw.shutdown(socket.SHUT_WR)
        self.assertEqual(read_to_end(raw), b"")
        raw.close()
        attached.close()

    def test_an_exec_is_left_by_keys_of_ones_own(self):
        made = self.client.api.exec_create(
            self.container.id, ["sh"], stdin=True, tty=True, detach_keys="ctrl-x")["Id"]
        attached = self.client.api.exec_start(made, tty=True, socket=True)
        raw = attached._sock
        raw.sendall(b"\x18")
        read_to_end(raw)
        raw.close()
        attached.close()
        self.assertTrue(self.client.api.exec_inspect(made)["Running"])
        self.eventually("the event", lambda: [
            event["Actor"]["Attributes"]["execID"] for event in self.events_of(self.container, "exec_detach")] == [made])

    def test_exec_run_with_a_terminal(self):
        result = self.container.exec_run(["tty"], tty=True)
        self.assertRegex(result.output, rb"^/dev/pts/\d+\r\n$")

    def test_exec_run_detached(self):
        self.container.exec_run(["touch", "/tmp/made"], detach=True)
        self.eventually("the file", lambda: self.container.exec_run(["test", "-e", "/tmp/made"]).exit_code == 0)

    def test_exec_run_of_a_missing_program_is_127(self):
        result = self.container.exec_run(["no-such-program"])
        self.assertEqual(result.exit_code, 127)
        self.assertIn(b"executable file not found", result.output)

    def test_low_level_create_inspect_resize(self):
        api = self.client.api
        made = api.exec_create(self.container.id, ["sh", "-c", "sleep 1; stty size"], tty=True, stdin=True)["Id"]
        told = api.exec_inspect(made)
        self.assertEqual((told["Running"], told["ExitCode"], told["ContainerID"]), (False, None, self.container.id))
        self.assertEqual(told["ProcessConfig"]["entrypoint"], "sh")
        stream = api.exec_start(made, tty=True, stream=True)
        api.exec_resize(made, height=50, width=90)
        self.assertTrue(api.exec_inspect(made)["Running"])
        self.assertEqual(b"".join(stream).strip(), b"50 90")
        self.eventually("the exit code", lambda: api.exec_inspect(made)["ExitCode"] == 0)
        with self.assertRaises(APIError) as raised:
            api.exec_start(made)
        self.assertEqual(raised.exception.status_code, 409)

    def test_exec_in_what_does_not_run_is_a_conflict(self):
        self.container.stop(timeout=0)
        with self.assertRaises(APIError) as raised:
            self.container.exec_run("true")
        self.assertEqual(raised.exception.status_code, 409)


class Files(Suite):
    def test_archives_are_put_and_got(self):
        container = self.create(["sleep", "300"])
        self.assertTrue(container.put_archive("/tmp", tar_of(one=b"first", two=b"second")))
        stream, stat = container.get_archive("/tmp/one")
        self.assertEqual(members(stream), {"one": b"first"})
        self.assertEqual((stat["name"], stat["size"], stat["mode"] & 0o777), ("one", 5, 0o640))
        self.assertTrue(stat["mtime"].startswith("2020-09-13T12:26:40"))
        container.start()
        self.assertTrue(container.put_archive("/root", tar_of(three=b"third")))
        self.assertEqual(container.exec_run("cat /root/three").output, b"third")
        stream, stat = container.get_archive("/tmp", chunk_size=4096, encode_stream=True)
        self.assertEqual(members(stream), {"tmp": None, "tmp/one": b"first", "tmp/two": b"second"})

    def test_a_missing_path_is_not_found(self):
        container = self.create(["true"])
        with self.assertRaises(NotFound):
            container.get_archive("/no/such")
        with self.assertRaises(NotFound):
            container.put_archive("/no/such", tar_of(a=b""))

    def test_diff_tells_what_changed(self):
        container = self.run_detached(["sh", "-c", "touch /tmp/added; rm /etc/group; echo x >> /etc/passwd"])
        container.wait()
        changes = {change["Path"]: change["Kind"] for change in container.diff()}
        self.assertEqual(
            changes, {"/tmp": 0, "/tmp/added": 1, "/etc": 0, "/etc/group": 2, "/etc/passwd": 0})

    def test_commit_makes_an_image(self):
        container = self.run_detached(["sh", "-c", "echo kept > /kept"])
        container.wait()
        image = container.commit(
            repository="py/committed", tag="1", message="why", author="who",
            changes=["ENV A=b", "CMD [\"cat\", \"/kept\"]"], conf={"Labels": {"made": "here"}})
        self.addCleanup(self.client.images.remove, "py/committed:1", force=True)
        self.assertEqual(image.tags, ["py/committed:1"])
        self.assertEqual((image.attrs["Comment"], image.attrs["Author"]), ("why", "who"))
        self.assertEqual(image.labels, {"made": "here"})
        self.assertIn("A=b", image.attrs["Config"]["Env"])
        self.assertEqual(self.client.containers.run("py/committed:1", remove=True), b"kept\n")

    def test_export_is_the_whole_tree(self):
        container = self.run_detached(["sh", "-c", "echo kept > /kept"])
        container.wait()
        tree = members(container.export(chunk_size=65536))
        self.assertEqual(tree["kept"], b"kept\n")
        self.assertIn("bin/busybox", tree)


class Images(Suite):
    def test_get_list_and_attributes(self):
        image = self.client.images.get(IMAGE)
        self.assertRegex(image.id, "^sha256:[0-9a-f]{64}$")
        self.assertEqual(image.short_id, image.id[:17])
        self.assertIn(IMAGE, image.tags)
        self.assertEqual(self.client.images.get(image.id), image)
        self.assertEqual(self.client.images.get(image.short_id), image)
        self.assertIn(image, self.client.images.list())
        self.assertIn(image, self.client.images.list(all=True))
        self.assertEqual(self.client.images.list(name=IMAGE), [image])
        self.assertEqual(self.client.images.list(name="nothing/of/this/name"), [])
        self.assertEqual(self.client.api.images(quiet=True, name=IMAGE), [image.id])

    def test_unknown_images_are_not_found(self):
        with self.assertRaises(ImageNotFound):
            self.client.images.get("no/such:image")
        with self.assertRaises(ImageNotFound):
            self.client.images.remove("no/such:image")

    def test_tag_and_remove(self):
        image = self.client.images.get(IMAGE)
        self.assertTrue(image.tag("py/tagged", tag="v1"))
        image.reload()
        self.assertIn("py/tagged:v1", image.tags)
        self.client.images.remove(image="py/tagged:v1", noprune=True)
        image.reload()
        self.assertNotIn("py/tagged:v1", image.tags)

    def test_list_with_filters(self):
        image = self.client.images.get(IMAGE)
        self.assertTrue(image.tag("py/filtered", tag="v1"))
        self.addCleanup(self.client.images.remove, "py/filtered:v1")
        self.assertEqual(self.client.images.list(filters={"reference": "py/filtered"}), [image])
        self.assertEqual(self.client.images.list(filters={"label": "no-such-label"}), [])
        self.assertNotIn(image, self.client.images.list(filters={"dangling": True}))

    def test_history(self):
        history = self.client.images.get(IMAGE).history()
        self.assertEqual(history[0]["Id"], self.client.images.get(IMAGE).id)
        self.assertIn(IMAGE, history[0]["Tags"])
        self.assertGreater(sum(layer["Size"] for layer in history), 0)

    def test_save_and_load(self):
        image = self.client.images.get(IMAGE)
        self.assertTrue(image.tag("py/saved", tag="v1"))
        image.reload()
        whole = b"".join(image.save(named="py/saved:v1"))
        self.client.images.remove("py/saved:v1")
        loaded = self.client.images.load(whole)
        self.addCleanup(self.client.images.remove, "py/saved:v1")
        self.assertEqual([one.id for one in loaded], [image.id])
        self.assertIn("py/saved:v1", loaded[0].tags)
        nameless = self.client.images.load(b"".join(image.save(chunk_size=65536)))
        self.assertEqual([one.id for one in nameless], [image.id])
        with self.assertRaises(APIError):
            self.client.images.load(b"this is no archive")

    def test_push_and_pull(self):
        name = REGISTRY + "/py/pushed"
        image = self.client.images.get(IMAGE)
        for tag in ("v1", "v2"):
            self.assertTrue(image.tag(name, tag=tag))
            self.addCleanup(self.client.images.remove, name + ":" + tag, force=True)
        self.assertIn("digest: sha256:", self.client.images.push(name, tag="v1"))
        lines = list(self.client.images.push(name, tag="v2", stream=True, decode=True))
        self.assertTrue(any("Digest" in line.get("aux", {}) for line in lines), lines)
        for tag in ("v1", "v2"):
            self.client.images.remove(name + ":" + tag)
        pulled = self.client.images.pull(name, tag="v1")
        self.assertEqual(pulled.id, image.id)
        digest = next(d for d in pulled.attrs["RepoDigests"] if d.startswith(name))
        self.assertEqual(self.client.images.pull(digest).id, image.id)
        statuses = [line["status"] for line in self.client.api.pull(name, tag="v1", stream=True, decode=True)]
        self.assertEqual(statuses[-1], "Status: Image is up to date for %s:v1" % name)
        self.assertEqual({tag for one in self.client.images.pull(name, all_tags=True) for tag in one.tags} & {
            name + ":v1", name + ":v2"}, {name + ":v1", name + ":v2"})

    def test_pull_of_what_is_not_there(self):
        with self.assertRaises(NotFound):
            self.client.images.pull(REGISTRY + "/py/absent", tag="none")

    def test_import_from_bytes_and_from_a_file(self):
        answer = self.client.api.import_image_from_data(tar_of(hello=b"there"), repository="py/imported", tag="1")
        self.addCleanup(self.client.images.remove, "py/imported:1")
        self.assertRegex(answer, '"status": ?"sha256:[0-9a-f]{64}"')
        image = self.client.images.get("py/imported:1")
        container = self.client.containers.create(image, "none")
        self.addCleanup(self.remove, container)
        stream, _ = container.get_archive("/hello")
        self.assertEqual(members(stream), {"hello": b"there"})
        file = os.path.join(os.environ["BERTH_TEST_DIRECTORY"], "tree.tar")
        with open(file, "wb") as out:
            out.write(tar_of(from_file=b"x"))
        self.client.api.import_image_from_file(file, repository="py/imported", tag="2", changes=["CMD [\"x\"]"])
        self.addCleanup(self.client.images.remove, "py/imported:2")
        self.assertEqual(self.client.images.get("py/imported:2").attrs["Config"]["Cmd"], ["x"])

    def test_build_from_a_text(self):
        dockerfile = "# Shared Volume\nFROM %s\nVOLUME /data\nCMD [\"/bin/sh\"]\n" % IMAGE
        response = list(self.client.api.build(
            fileobj=io.BytesIO(dockerfile.encode()), rm=True, tag="py/volume", decode=True))
        self.addCleanup(self.client.images.remove, "py/volume", force=True)
        self.assertEqual(response[0], {"stream": "Step 1/3 : FROM %s\n" % IMAGE})
        self.assertEqual(response[-1], {"stream": "Successfully tagged py/volume:latest\n"})
        self.assertEqual(self.client.images.get("py/volume").attrs["Config"]["Volumes"], {"/data": {}})

    def test_build_a_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            files = {
                "file": "of the folder\n",
                "left-out": "",
                ".dockerignore": "left-*\n",
                "sub.Dockerfile":
                    "FROM %s AS base\nARG WHO\nCOPY . /all/\nRUN echo $WHO > /who; ls /all\n"
                    "FROM base\nRUN false\n" % IMAGE}
            for name, text in files.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
            image, logs = self.client.images.build(
                path=folder, dockerfile="sub.Dockerfile", tag="py/folder:1", target="base", buildargs={"WHO": "me"},
                labels={"py": "1"}, network_mode="none", forcerm=True, nocache=True, shmsize=1 << 20)
        self.addCleanup(self.client.images.remove, "py/folder:1", force=True)
        self.assertEqual(image.tags, ["py/folder:1"])
        self.assertEqual(image.labels["py"], "1")
        said = "".join(line.get("stream", "") for line in logs)
        self.assertIn("file\nsub.Dockerfile\n", said)
        self.assertIn("Successfully built " + image.short_id.split(":")[1][:10], said)
        printed = self.client.containers.run(image, ["cat", "/who", "/all/file"], remove=True)
        self.assertEqual(printed, b"me\nof the folder\n")

    def test_build_of_a_context_of_ones_own(self):
        context = tar_of(Dockerfile=b"FROM %s\nADD file /there/\n" % IMAGE.encode(), file=b"inside\n")
        image, _ = self.client.images.build(fileobj=io.BytesIO(context), custom_context=True, rm=True)
        self.addCleanup(self.client.images.remove, image.id, force=True)
        self.assertEqual(
            self.client.containers.run(image, ["cat", "/there/file"], remove=True), b"inside\n")

    def test_a_build_that_fails_tells_why(self):
        with self.assertRaises(BuildError) as raised:
            self.client.images.build(
                fileobj=io.BytesIO(b"FROM %s\nRUN echo before; exit 3\n" % IMAGE.encode()), network_mode="none")
        self.assertEqual(raised.exception.msg, "The command '/bin/sh -c echo before; exit 3' returned a non-zero code: 3")
        self.assertIn({"stream": "before\n"}, list(raised.exception.build_log))
        with self.assertRaises(APIError) as refused:
            self.client.images.build(fileobj=io.BytesIO(b"FROM %s\nNONE\n" % IMAGE.encode()))
        self.assertEqual(refused.exception.status_code, 400)

    def test_prune_removes_dangling_images(self):
        self.client.api.import_image_from_data(tar_of(first=b"1"), repository="py/dangling", tag="1")
        dangling = self.client.images.get("py/dangling:1").id
        self.client.api.import_image_from_data(tar_of(second=b"2"), repository="py/dangling", tag="1")
        self.addCleanup(self.client.images.remove, "py/dangling:1")
        pruned = self.client.images.prune(filters={"dangling": True})
        self.assertIn({"Deleted": dangling}, pruned["ImagesDeleted"])
        with self.assertRaises(ImageNotFound):
            self.client.images.get(dangling)


class Events(Suite):
    def test_events_are_followed_and_decoded(self):
        seen = []
        stream = self.client.events(decode=True, filters={"type": "container", "label": "py-events=1"})
        reader = threading.Thread(target=lambda: seen.extend(stream))
        reader.start()
        self.client.containers.run(IMAGE, "true", name="py-eventful", labels={"py-events": "1"}, remove=True)
        self.eventually("the last event", lambda: seen and seen[-1]["Action"] == "destroy")
        stream.close()
        reader.join(30)
        actions = [event["Action"] for event in seen]
        self.assertEqual([a for a in actions if a in ("create", "start", "die", "destroy")],
                         ["create", "start", "die", "destroy"])
        died = seen[actions.index("die")]
        self.assertEqual(died["Type"], "container")
        self.assertEqual(died["Actor"]["Attributes"]["exitCode"], "0")
        self.assertEqual(died["Actor"]["Attributes"]["name"], "py-eventful")
        self.assertEqual(died["from"], IMAGE)
        self.assertEqual(died["id"], died["Actor"]["ID"])
        self.assertEqual(died["timeNano"] // 1_000_000_000, died["time"])

    def test_past_events_between_two_times(self):
        start = int(time.time())
        container = self.run_detached("true", name="py-past")
        container.wait()
        self.eventually("the next second", lambda: time.time() > start + 2)
        past = list(self.client.events(
            since=start, until=int(time.time()), decode=True, filters={"container": container.id, "event": "die"}))
        self.assertEqual([event["Action"] for event in past], ["die"])
        text = list(self.client.events(since=start, until=int(time.time()), filters={"container": "py-past"}))
        self.assertIn(b'"create"', b"".join(text))

    def test_image_events(self):
        start = int(time.time())
        image = self.client.images.get(IMAGE)
        image.tag("py/eventful", tag="1")
        self.client.images.remove("py/eventful:1")
        self.eventually("the next second", lambda: time.time() > start + 2)
        past = list(self.client.events(since=start, until=int(time.time()), decode=True, filters={"type": "image"}))
        named = [e["Action"] for e in past if e["Actor"]["ID"] == image.id or "eventful" in str(e)]
        self.assertEqual([action for action in named if action in ("tag", "untag")], ["tag", "untag"])


class System(Suite):
    def test_ping_version_and_info(self):
        self.assertIs(self.client.ping(), True)
        version = self.client.version()
        self.assertEqual(version["Os"], "linux")
        self.assertRegex(version["ApiVersion"], r"^1\.\d+$")
        info = self.client.info()
        for number in ("Containers", "ContainersRunning", "Images", "NCPU", "MemTotal"):
            self.assertIsInstance(info[number], int)
        self.assertEqual(info["OSType"], "linux")
        self.assertEqual(info["KernelVersion"], os.uname().release)

    def test_every_version_from_the_oldest_on_is_spoken(self):
        version = self.client.version()
        for asked in ("1.24", "1.30", "1.41", version["ApiVersion"], "auto"):
            client = docker.DockerClient(base_url=os.environ["DOCKER_HOST"], version=asked)
            self.addCleanup(client.close)
            self.assertTrue(client.ping())
            self.assertTrue(client.images.list())
        with self.assertRaises(APIError) as raised:
            docker.DockerClient(base_url=os.environ["DOCKER_HOST"], version="9.9").info()
        self.assertIn("too new", raised.exception.explanation)

    def test_df_counts_what_is_there(self):
        container = self.create("true")
        usage = self.client.df()
        self.assertGreater(usage["LayersSize"], 0)
        self.assertIn(container.id, [one["Id"] for one in usage["Containers"]])
        self.assertIn(self.client.images.get(IMAGE).id, [one["Id"] for one in usage["Images"]])

    def test_login_at_a_registry(self):
        answer = self.client.login(username="anyone", password="anything", registry="http://" + REGISTRY)
        self.assertEqual(answer["Status"], "Login Succeeded")

    def test_low_level_client_creates_from_a_host_config(self):
        api = self.client.api
        made = api.create_container(
            IMAGE, ["echo", "low"], name="py-low", labels={"a": "b"}, environment={"X": "y"},
            host_config=api.create_host_config(mem_limit="32m", restart_policy={"Name": "no"}, network_mode="none"))
        self.addCleanup(api.remove_container, made["Id"], force=True)
        self.assertEqual(set(made), {"Id", "Warnings"})
        api.start(made["Id"])
        self.assertEqual(api.wait(made["Id"])["StatusCode"], 0)
        told = api.inspect_container("py-low")
        self.assertEqual((told["Name"], told["Path"], told["Args"]), ("/py-low", "echo", ["low"]))
        self.assertEqual(told["Config"]["Labels"], {"a": "b"})
        self.assertIn("X=y", told["Config"]["Env"])
        self.assertTrue(re.match(r"\d{4}-\d\d-\d\dT", told["State"]["FinishedAt"]))
        self.assertEqual(api.port("py-low", 80), None)


if __name__ == "__main__":
    unittest.main()
