package dev.berth.image.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.Digest;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.Overlay;
import dev.berth.linux.quota.ProjectQuota;
import dev.berth.linux.quota.ProjectQuota.Accounting;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** What {@link SizeLimitTest} has done in a kernel with quotas. In its working directory file systems are mounted. */
final class SizeLimitProgram {
    /** What it prints. */
    static final List<String> TOLD = List.of("ext4", "xfs", "uncounted");

    private static final int MIB = 1 << 20;
    private static final long SIZE_BYTES = 8L * MIB;
    private static final Digest IMAGE = Digest.sha256(new byte[0]);

    private final Path disk;
    private final WritableLayers layers;
    private final List<Path> image;

    private SizeLimitProgram(Path disk) throws IOException {
        this.disk = disk;
        this.layers = WritableLayers.open(disk);
        Path lower = Files.createDirectories(disk.resolve("image"));
        Files.writeString(lower.resolve("of the image"), "x".repeat(MIB));
        this.image = List.of(lower);
    }

    public static void main(String[] arguments) throws Exception {
        Path here = Path.of("").toAbsolutePath();
        for (String type : List.of("ext4", "xfs")) {
            SizeLimitProgram program = new SizeLimitProgram(here.resolve(type));
            program.aSizeHoldsAndIsTheContainersAlone();
            program.whoTakesAProjectAtTheSameTimeGetsAnother();
            program.aLimitThatSomebodyElseHasSetStays();
            System.out.println(type);
        }
        WritableLayers uncounted = WritableLayers.open(here.resolve("uncounted"));
        assertThatThrownBy(uncounted::requireSizes).hasMessageContaining("is on xfs without project quotas: mount it");
        System.out.println("uncounted");
    }

    private void aSizeHoldsAndIsTheContainersAlone() throws IOException, InterruptedException {
        assertThat(layers.sizeHindrance()).isEmpty();
        WritableLayer small = layers.create("small", IMAGE, image, SIZE_BYTES);
        int project = project("small");
        try (Directory root = Overlay.open(small.lower(), small.upper(), small.work())) {
            Path files = Path.of(root.fd().procPath());
            Files.writeString(files.resolve("of the image"), "y"); // copied up within the same project
            Files.createDirectory(files.resolve("folder"));
            Files.move(files.resolve("of the image"), files.resolve("folder/moved"));
            assertThat(fill(files.resolve("folder/large"))).isBetween(6 * MIB, 8 * MIB);
            assertThat(usage(project).bytes()).isBetween(6L * MIB, SIZE_BYTES);
            Files.delete(files.resolve("folder/large"));
            assertThat(fill(files.resolve("again"))).isBetween(6 * MIB, 8 * MIB);
        }
        WritableLayer other = layers.create("other", IMAGE, image, 2 * SIZE_BYTES);
        try (Directory root = Overlay.open(other.lower(), other.upper(), other.work())) {
            assertThat(fill(Path.of(root.fd().procPath()).resolve("large"))).isBetween(14 * MIB, 16 * MIB);
        }
        assertThat(project("other")).isNotEqualTo(project);
        WritableLayer free = layers.create("free", IMAGE, image, 0);
        try (Directory root = Overlay.open(free.lower(), free.upper(), free.work())) {
            assertThat(fill(Path.of(root.fd().procPath()).resolve("large"))).isEqualTo(32 * MIB);
        }
        assertThat(usage(project).limitBytes()).isEqualTo(SIZE_BYTES);
        for (String id : List.of("small", "other", "free")) {
            assertThat(layers.remove(id)).isTrue();
        }
        assertThat(usage(project).limitBytes()).isZero();
        awaitNothing(project);
    }

    /** As engines do that know nothing of each other. */
    private void whoTakesAProjectAtTheSameTimeGetsAnother() throws Exception {
        int engines = 4;
        int each = 25;
        try (ExecutorService threads = Executors.newFixedThreadPool(engines)) {
            List<Future<List<Integer>>> taken = new ArrayList<>();
            for (int engine = 0; engine < engines; engine++) {
                String name = "engine" + engine;
                taken.add(threads.submit(() -> take(name, each)));
            }
            Set<Integer> all = new TreeSet<>();
            for (Future<List<Integer>> projects : taken) {
                all.addAll(result(projects));
            }
            assertThat(all).hasSize(engines * each);
        }
    }

    private List<Integer> take(String name, int count) throws IOException {
        AtomicInteger next = new AtomicInteger(100_000_000);
        SizeLimit limit = new SizeLimit(next::getAndIncrement);
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path own = Files.createDirectories(disk.resolve("taking").resolve(name + "-" + i));
            try (Directory opened = Directory.open(own)) {
                taken.add(limit.take(opened));
            }
        }
        return taken;
    }

    private static List<Integer> result(Future<List<Integer>> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private void aLimitThatSomebodyElseHasSetStays() throws IOException {
        int theirs = 77;
        Path all = layers.directory();
        try (Directory opened = Directory.open(all)) {
            ProjectQuota quota = new ProjectQuota(opened);
            assertThat(quota.accounting()).isEqualTo(Accounting.ENFORCED);
            quota.assign(theirs);
            quota.limit(theirs, 64L * MIB);
            layers.create("within", IMAGE, image, 0);
            assertThat(project("within")).isEqualTo(theirs);
            layers.create("own", IMAGE, image, SIZE_BYTES);
            assertThat(project("own")).isNotEqualTo(theirs);
            layers.remove("within");
            layers.remove("own");
            assertThat(quota.usage(theirs).limitBytes()).isEqualTo(64L * MIB);
        }
        Iterator<Integer> once = List.of(theirs, 78).iterator();
        Path own = Files.createDirectory(disk.resolve("third"));
        try (Directory opened = Directory.open(own)) {
            assertThat(new SizeLimit(once::next).take(opened)).isEqualTo(78);
        }
    }

    /** Writes up to 32 MiB, and gives how many bytes could be written. */
    private static int fill(Path file) throws IOException {
        byte[] block = new byte[64 << 10];
        int written = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            for (; written < 32 * MIB; written += block.length) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).message().containsAnyOf("Disk quota exceeded", "No space left on device");
        }
        return written;
    }

    private int project(String id) throws IOException {
        try (Directory upper = Directory.open(layers.directory().resolve(id).resolve("upper"))) {
            return new ProjectQuota(upper).project();
        }
    }

    private ProjectQuota.Usage usage(int project) throws IOException {
        try (Directory opened = Directory.open(disk)) {
            return new ProjectQuota(opened).usage(project);
        }
    }

    /** XFS frees what is removed a moment later, and counts it until then. */
    private void awaitNothing(int project) throws IOException, InterruptedException {
        for (int waited = 0; !usage(project).isNothing(); waited++) {
            assertThat(waited).as("%s", usage(project)).isLessThan(300);
            Thread.sleep(100);
        }
    }
}
