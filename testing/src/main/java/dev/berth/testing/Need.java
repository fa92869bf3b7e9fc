package dev.berth.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Something a test needs of its host, and how to tell whether it is there. */
public enum Need {
    /** The tests run as root, with the right to mount and to make namespaces. */
    ROOT("root") {
        @Override
        boolean present() {
            return "root".equals(System.getProperty("user.name"))
                    && Files.isWritable(Path.of("/proc/sys/kernel/hostname"));
        }
    },
    /** The official docker command line. */
    DOCKER_CLI("the docker CLI (docker)") {
        @Override
        boolean present() {
            return onPath("docker");
        }
    },
    /** Docker's command line of a version that has BuildKit's client in itself; later ones leave that to buildx. */
    DOCKER_WITH_BUILDKIT("Debian's docker CLI (apt-get install docker.io)") {
        @Override
        boolean present() {
            return Files.isExecutable(Path.of("/usr/bin/docker"));
        }
    },
    /** Docker's daemon, as a peer. */
    DOCKERD("dockerd (apt-get install docker.io)") {
        @Override
        boolean present() {
            return onPath("dockerd");
        }
    },
    /** The runc runtime, as a peer. */
    RUNC("runc (apt-get install runc)") {
        @Override
        boolean present() {
            return onPath("runc");
        }
    },
    /** A real registry. */
    DOCKER_REGISTRY("docker-registry (apt-get install docker-registry)") {
        @Override
        boolean present() {
            return onPath("docker-registry");
        }
    },
    /** A second client of registries and archives. */
    SKOPEO("skopeo (apt-get install skopeo)") {
        @Override
        boolean present() {
            return onPath("skopeo");
        }
    },
    /** A third engine's reader of images. */
    UMOCI("umoci (apt-get install umoci)") {
        @Override
        boolean present() {
            return onPath("umoci");
        }
    },
    /** Repositories, and their own server for HTTP. */
    GIT("git (apt-get install git)") {
        @Override
        boolean present() {
            return onPath("git");
        }
    },
    /** An SSH agent, and its client. */
    SSH_AGENT("ssh-agent, ssh-add, ssh-keygen (apt-get install openssh-client)") {
        @Override
        boolean present() {
            return onPath("ssh-agent") && onPath("ssh-add") && onPath("ssh-keygen");
        }
    },
    PODMAN("podman (apt-get install podman)") {
        @Override
        boolean present() {
            return onPath("podman");
        }
    },
    /** What brings up applications of several containers. */
    DOCKER_COMPOSE("docker-compose 1.29 (apt-get install docker-compose)") {
        @Override
        boolean present() {
            return onPath("docker-compose");
        }
    },
    /** A maker of Debian root file systems. */
    MMDEBSTRAP("mmdebstrap (apt-get install mmdebstrap)") {
        @Override
        boolean present() {
            return onPath("mmdebstrap");
        }
    },
    /** A shell and tools in one static binary. */
    BUSYBOX("a static busybox (apt-get install busybox-static)") {
        @Override
        boolean present() {
            return onPath("busybox");
        }
    },
    /** A shell that completions are written for. */
    ZSH("zsh (apt-get install zsh)") {
        @Override
        boolean present() {
            return onPath("zsh");
        }
    },
    /** A shell that completions are written for. */
    FISH("fish (apt-get install fish)") {
        @Override
        boolean present() {
            return onPath("fish");
        }
    },
    /** User-mode emulation of aarch64. */
    QEMU_AARCH64("qemu-aarch64-static (apt-get install qemu-user-static)") {
        @Override
        boolean present() {
            return onPath("qemu-aarch64-static");
        }
    },
    /** A kernel as a process, and makers of file systems for it. */
    USER_MODE_LINUX("user-mode-linux, mkfs.ext4, mkfs.xfs (apt-get install user-mode-linux e2fsprogs xfsprogs)") {
        @Override
        boolean present() {
            return UserModeLinux.isThere() && onPath("mkfs.ext4") && onPath("mkfs.xfs") && onPath("busybox");
        }
    },
    /** Docker's SDK for Python, for the interpreter that Debian has. */
    DOCKER_PY("docker-py (apt-get install python3-docker)") {
        @Override
        boolean present() {
            return Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/docker"));
        }
    },
    /** A JavaScript runtime with its package installer and test runner. */
    NODE("node 18 or newer and npm (apt-get install nodejs npm)") {
        @Override
        boolean present() {
            return onPath("node") && onPath("npm");
        }
    },
    /** The usual tools for interfaces, addresses and routes. */
    IPROUTE2("ip (apt-get install iproute2)") {
        @Override
        boolean present() {
            return onPath("ip") && onPath("nsenter");
        }
    },
    /** The usual tool for the kernel's packet filter. */
    NFTABLES("nft (apt-get install nftables)") {
        @Override
        boolean present() {
            return onPath("nft") && onPath("nsenter");
        }
    },
    /** The older command of the packet filter, as others use it beside us. */
    IPTABLES("iptables and iptables-save (apt-get install iptables)") {
        @Override
        boolean present() {
            return onPath("iptables") && onPath("ip6tables") && onPath("iptables-save");
        }
    },
    /** Another builder of Java projects. */
    GRADLE("Gradle (apt-get install gradle)") {
        @Override
        boolean present() {
            return onPath("gradle");
        }
    },
    /** The build tool, for the goals that it is given. */
    MAVEN("Maven (apt-get install maven)") {
        @Override
        boolean present() {
            return onPath("mvn");
        }
    },
    /** That ordinary users may be root in namespaces of their own. */
    USER_NAMESPACES("user namespaces for ordinary users (sysctl kernel.unprivileged_userns_clone=1 and its like)") {
        @Override
        boolean present() {
            List<String> command = new ArrayList<>(OrdinaryUser.ofNobody());
            command.addAll(List.of("unshare", "-Ur", "true"));
            try {
                return new ProcessBuilder(command).start().waitFor() == 0;
            } catch (IOException e) {
                return false; // no setpriv or no unshare
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    },
    /** The programs that give ordinary users further users in their namespaces. */
    UIDMAP("newuidmap and newgidmap (apt-get install uidmap)") {
        @Override
        boolean present() {
            return onPath("newuidmap") && onPath("newgidmap");
        }
    },
    /** An interpreter that can lock files, kill itself, and the like. */
    PYTHON("python3 (apt-get install python3)") {
        @Override
        boolean present() {
            return onPath("python3");
        }
    },
    /** Another family's packages: their makers, and a maker of the databases that they had. */
    RPM("rpm, rpmbuild, db_load (apt-get install rpm db-util)") {
        @Override
        boolean present() {
            return onPath("rpm") && onPath("rpmbuild") && onPath("db_load");
        }
    },
    /** A terminal to type into. */
    TMUX("tmux (apt-get install tmux)") {
        @Override
        boolean present() {
            return onPath("tmux");
        }
    };

    private final String description;

    Need(String description) {
        this.description = description;
    }

    abstract boolean present();

    /** The need as a reader would be told of it, with the package that brings it. */
    public String description() {
        return description;
    }

    private static boolean onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin";
        return Arrays.stream(path.split(File.pathSeparator)).anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
    }
}
