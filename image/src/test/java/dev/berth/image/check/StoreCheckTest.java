package dev.berth.image.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.image.CommitOptions;
import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.Images;
import dev.berth.image.ImportOptions;
import dev.berth.image.check.Finding.Outcome;
import dev.berth.image.check.Finding.Weight;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import dev.berth.image.snapshot.WritableLayer;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real store is damaged in every way, one at a time: the check finds it, repairs it, finds nothing more, and has
 * touched nothing else.
 */
@Needs(Need.ROOT)
@LeavesNothingBehind
class StoreCheckTest {
    @TempDir
    Path dir;

    private Path data;
    private Images images;
    private Image base;
    private Image upper;
    private Containers containers;

    /** The containers that the check is told of. */
    private static final class Containers implements Holders {
        private final Set<String> all = new HashSet<>();
        private final Set<String> running = new HashSet<>();

        @Override
        public boolean exists(String id) {
            return all.contains(id);
        }

        @Override
        public Set<String> ofImages() {
            return Set.copyOf(all);
        }

        @Override
        public Set<String> running() {
            return Set.copyOf(running);
        }
    }

    /** Two images, of one layer and of two, and a container of the second. */
    @BeforeEach
    void fill() throws IOException {
        data = dir.resolve("data");
        containers = new Containers();
        images = Images.open(data, ImageOptions.DEFAULT);
        base = images.importTree(
                new ByteArrayInputStream(tree()),
                Optional.of("base:1"),
                new ImportOptions(ContainerConfig.EMPTY, Platform.host(), ""));
        WritableLayer changes = images.createWritable("maker", base, 0);
        Files.writeString(changes.upper().resolve("added"), "more");
        upper = images.commit(
                "maker", new CommitOptions(ContainerConfig.EMPTY, "", "", "", Optional.of("localhost:5000/upper:2")));
        images.removeWritable("maker");
        images.createWritable("c1", upper, 0);
        containers.all.add("c1");
        reopen(); // has waited until the layers are known to be on the disk
    }

    @AfterEach
    void close() {
        images.close();
    }

    @Test
    void aWholeStoreIsFoundClean() throws IOException {
        Map<String, String> before = files();
        assertThat(check(false)).isEmpty();
        assertThat(check(true)).isEmpty();
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void aDamagedBlobGoesAndItsImageStillRuns() throws IOException {
        Digest blob = base.layers().getFirst().digest();
        Path file = blob(blob);
        flip(file);
        Finding finding = repairedAlone(Set.of(file));
        assertThat(finding.subject()).isEqualTo("blob " + blob);
        assertThat(finding.problem()).startsWith("its content has another digest");
        assertThat(finding.action()).startsWith("removed: pull or load ").endsWith(" again to have it whole");
        assertThat(images.lowerDirs(images.find("base:1")).getFirst().resolve("etc/motd"))
                .hasContent("welcome");
        assertThat(check(true))
                .extracting(Finding::problem)
                .containsOnly("blob " + blob + " of its layer 1 is missing, which only push and save need");
        images.importTree(
                new ByteArrayInputStream(tree()),
                Optional.of("base:again"),
                new ImportOptions(ContainerConfig.EMPTY, Platform.host(), ""));
        assertThat(check(false)).isEmpty();
    }

    @Test
    void everyKindOfDamageToAnUnpackedLayerIsFoundAndUndone() throws IOException {
        Path tree = images.lowerDirs(base).getFirst();
        Path motd = tree.resolve("etc/motd");
        Map<String, Inspection.Repair> damages = Map.of(
                "/etc/motd has another content",
                () -> {
                    FileTime time = Files.getLastModifiedTime(motd);
                    Files.writeString(motd, "Welcome");
                    Files.setLastModifiedTime(motd, time);
                },
                "/etc/motd has 3 bytes instead of 7",
                () -> Files.writeString(motd, "wel"),
                "/etc/motd is missing",
                () -> Files.delete(motd),
                "/etc/extra does not belong there",
                () -> Files.createFile(tree.resolve("etc/extra")),
                "/etc/motd has other permissions",
                () -> Files.setPosixFilePermissions(motd, PosixFilePermissions.fromString("rwx------")),
                "/etc/motd has another owner",
                () -> Files.setAttribute(motd, "unix:uid", 7, LinkOption.NOFOLLOW_LINKS),
                "/etc/motd was modified",
                () -> Files.setLastModifiedTime(motd, FileTime.fromMillis(1)),
                "/etc/link points elsewhere",
                () -> {
                    Path link = tree.resolve("etc/link");
                    Files.delete(link);
                    Files.createSymbolicLink(link, Path.of("twin"));
                    FileTime time = FileTime.from(Instant.EPOCH);
                    Files.getFileAttributeView(link, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                            .setTimes(time, time, time);
                },
                "/etc/twin is of another type",
                () -> {
                    Files.delete(tree.resolve("etc/twin"));
                    Files.createDirectory(tree.resolve("etc/twin"));
                },
                "its files are gone",
                () -> remove(tree));
        for (Map.Entry<String, Inspection.Repair> damage : damages.entrySet()) {
            damage.getValue().run();
            List<Finding> seen = check(false);
            assertThat(seen).extracting(Finding::problem).contains(damage.getKey());
            assertThat(seen).extracting(Finding::outcome).containsOnly(Outcome.REPAIRABLE);
            assertThat(check(true)).extracting(Finding::outcome).containsOnly(Outcome.REPAIRED);
            images.lowerDirs(base);
            assertThat(motd).as(damage.getKey()).hasContent("welcome");
            assertThat(check(false)).as(damage.getKey()).isEmpty();
        }
    }

    @Test
    void theLayersOfARunningContainerAreNotTouched() throws IOException {
        Path motd = images.lowerDirs(base).getFirst().resolve("etc/motd");
        Files.writeString(motd, "hacked!");
        containers.running.add("c1");
        assertThat(check(true)).singleElement().satisfies(finding -> {
            assertThat(finding.outcome()).isEqualTo(Outcome.LEFT);
            assertThat(finding.action()).isEqualTo("containers run on it: stop them and check again");
        });
        assertThat(motd).hasContent("hacked!");
        containers.running.clear();
        assertThat(check(true)).singleElement().extracting(Finding::outcome).isEqualTo(Outcome.REPAIRED);
        assertThat(motd).hasContent("welcome");
    }

    @Test
    void aLayerWhoseBlobIsGoneIsAtLeastMeasured() throws IOException {
        Files.delete(blob(base.layers().getFirst().digest()));
        Files.writeString(images.lowerDirs(base).getFirst().resolve("etc/motd"), "longer than it was");
        List<Finding> found = check(true);
        assertThat(found).extracting(Finding::problem).contains("its files have 22 bytes instead of 11");
    }

    @Test
    void anImageWithoutItsManifestGoesWithItsNames() throws IOException {
        images.removeWritable("c1");
        containers.all.clear();
        flip(blob(upper.manifest().raw().digest()));
        reopen();
        assertThat(check(true))
                .extracting(Finding::line)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("damaged: image localhost:5000/upper:2: its manifest ")
                        .endsWith(" is damaged; removed with its names: pull or load it again"));
        assertThat(images.list()).extracting(Image::repoTags).containsExactly(List.of("base:1"));
        assertThat(check(false)).isEmpty();
    }

    @Test
    void anImageWithoutItsConfigurationGoesButLayersThatAContainerMayNeedStay() throws IOException {
        Files.delete(blob(upper.id()));
        reopen();
        List<Path> layers = new ArrayList<>();
        try (Stream<Path> all = Files.list(data.resolve("l"))) {
            all.forEach(layers::add);
        }
        assertThat(check(true)).extracting(Finding::subject).contains("image localhost:5000/upper:2");
        assertThat(layers).hasSize(2).allSatisfy(layer -> assertThat(layer).isDirectory());
        assertThat(images.list()).hasSize(1);
    }

    @Test
    void aDamagedRecordIsWrittenAgainFromTheManifest() throws IOException {
        Path record = data.resolve("images/sha256-" + base.id().hex() + ".json");
        Files.writeString(record, "{\"id\":");
        reopen();
        Finding finding = repairedAlone(Set.of(record));
        assertThat(finding.action()).isEqualTo("written again from the image's manifest");
        assertThat(images.find("base:1").size()).isEqualTo(base.size());
    }

    @Test
    void aDamagedNameGoes() throws IOException {
        Path name = data.resolve(
                "names/" + Digest.sha256(bytes("docker.io/library/base:1")).hex() + ".json");
        Files.writeString(name, "junk");
        reopen();
        assertThat(repairedAlone(Set.of(name)).weight()).isEqualTo(Weight.DAMAGED);
        assertThat(images.list()).hasSize(2);
    }

    @Test
    void aNameOfNoImageGoes() throws IOException {
        Path name = data.resolve(
                "names/" + Digest.sha256(bytes("docker.io/library/x:1")).hex() + ".json");
        Files.writeString(
                name, "{\"name\":\"docker.io/library/x:1\",\"image\":\"" + Digest.sha256(bytes("none")) + "\"}");
        assertThat(repairedAlone(Set.of(name)).line())
                .isEqualTo("unfinished: name docker.io/library/x:1: image "
                        + Digest.sha256(bytes("none")).shortHex() + ", which it names, is not there; removed");
    }

    @Test
    void whatWasNotWrittenToItsEndGoes() throws IOException {
        for (String file : List.of("images/sha256-1.json.new", "names/2.json.new", "snapshots/0123456789.json.new")) {
            Path unfinished = Files.writeString(data.resolve(file), "{");
            assertThat(repairedAlone(Set.of(unfinished)).weight()).isEqualTo(Weight.UNFINISHED);
        }
    }

    @Test
    void filesOfALayerThatAreNotRecordedGo() throws IOException {
        Path tree = Files.createDirectory(data.resolve("l/0123456789"));
        Path file = Files.writeString(tree.resolve("half"), "do");
        assertThat(repairedAlone(Set.of(tree, file)).problem()).isEqualTo("these files of a layer are not recorded");
    }

    @Test
    void aRecordThatAPowerLossEmptiedGoesAndTheLayerIsUnpackedWhenNeeded() throws IOException {
        Path tree = images.lowerDirs(base).getFirst();
        Files.write(data.resolve("snapshots/" + tree.getFileName() + ".json"), new byte[0]);
        reopen();
        assertThat(check(true)).extracting(Finding::weight).containsOnly(Weight.UNFINISHED);
        assertThat(images.lowerDirs(images.find("base:1")).getFirst().resolve("etc/motd"))
                .hasContent("welcome");
        assertThat(check(false)).isEmpty();
    }

    @Test
    void aLayerThatWasNotSyncedBeforeThePowerLossIsUnpackedAgain() throws IOException {
        Path tree = images.lowerDirs(base).getFirst();
        Path record = data.resolve("snapshots/" + tree.getFileName() + ".json");
        String json = Files.readString(record);
        assertThat(json).contains("\"bootId\":\"\"");
        Files.writeString(record, json.replace("\"bootId\":\"\"", "\"bootId\":\"another-boot\""));
        Files.delete(tree.resolve("etc/motd")); // as a power loss would
        reopen();
        assertThat(check(true))
                .extracting(Finding::problem)
                .containsExactly("it was not yet on the disk when the host went down");
        assertThat(images.lowerDirs(images.find("base:1")).getFirst().resolve("etc/motd"))
                .hasContent("welcome");
    }

    @Test
    void aLayerThatNobodyNeedsGoes() throws IOException {
        Path record = data.resolve("images/sha256-" + upper.id().hex() + ".json");
        images.removeWritable("c1");
        containers.all.clear();
        Files.delete(record);
        reopen();
        List<Finding> found = check(true);
        assertThat(found).extracting(Finding::weight).containsOnly(Weight.UNFINISHED);
        assertThat(found)
                .extracting(Finding::problem)
                .contains("no image and no container needs it")
                .anyMatch(problem -> problem.endsWith("which it names, is not there"));
        assertThat(check(false)).isEmpty();
        assertThat(images.lowerDirs(base).getFirst().resolve("etc/motd")).hasContent("welcome");
    }

    @Test
    void blobsThatNobodyNeedsAreKeptForADay() throws IOException {
        byte[] content = bytes("part of an image that is still to come");
        Path file = Files.write(blob(Digest.sha256(content)), content);
        assertThat(check(true)).isEmpty();
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        assertThat(repairedAlone(Set.of(file)).problem()).isEqualTo("no image needs it");
    }

    @Test
    void changesOfNoContainerGo() throws IOException {
        Path changes = images.createWritable("gone", base, 0).upper();
        Files.writeString(changes.resolve("file"), "x");
        Path own = changes.resolveSibling(".").normalize();
        assertThat(repairedAlone(below(own)).problem()).isEqualTo("it belongs to no container");
        assertThat(own).doesNotExist();
    }

    @Test
    void aContainerWithoutItsChangesIsNamed() throws IOException {
        containers.all.add("lost");
        assertThat(check(true))
                .singleElement()
                .satisfies(finding -> assertThat(finding.line())
                        .isEqualTo(
                                "damaged: container lost: the directory of its changes is gone; it cannot start any more:"
                                        + " remove it"));
    }

    @Test
    void overlaysOwnDirectoryIsMadeAgain() throws IOException {
        Path work = data.resolve("containers-fs/c1/work");
        Files.delete(work);
        assertThat(repairedAlone(Set.of(work)).action()).isEqualTo("made again");
        assertThat(work).isDirectory();
    }

    @Test
    void whatIsNotOfOurMakingIsToldAndLeftAlone() throws IOException {
        List<Path> foreign = List.of(
                data.resolve("content/blobs/sha256/README"),
                data.resolve("images/notes"),
                data.resolve("names/notes"),
                data.resolve("snapshots/notes"),
                data.resolve("l/lost+found"),
                data.resolve("containers-fs/.hidden"));
        for (Path file : foreign) {
            Files.writeString(file, "mine");
        }
        List<Finding> found = check(true);
        assertThat(found).hasSameSizeAs(foreign).extracting(Finding::weight).containsOnly(Weight.FOREIGN);
        assertThat(foreign).allSatisfy(file -> assertThat(file).hasContent("mine"));
    }

    @Test
    void tidyingRemovesWhatIsUnfinishedAndOnlyTellsOfDamage() throws IOException {
        Path tree = Files.createDirectory(data.resolve("l/0123456789"));
        Path name = Files.writeString(data.resolve("names/" + "0".repeat(64) + ".json"), "junk");
        List<Finding> found = new ArrayList<>();
        images.tidy(new Inspection(Inspection.Repairs.UNFINISHED, found::add), containers);
        assertThat(found).extracting(Finding::outcome).containsExactlyInAnyOrder(Outcome.REPAIRABLE, Outcome.REPAIRED);
        assertThat(tree).doesNotExist();
        assertThat(name).exists();
    }

    /** What is found both times, where it is the one thing and its repair touches these files alone. */
    private Finding repairedAlone(Set<Path> touched) throws IOException {
        Map<String, String> before = files();
        assertThat(check(false)).singleElement().extracting(Finding::outcome).isEqualTo(Outcome.REPAIRABLE);
        assertThat(files()).isEqualTo(before);
        List<Finding> repaired = check(true);
        assertThat(repaired).singleElement().extracting(Finding::outcome).isEqualTo(Outcome.REPAIRED);
        Map<String, String> after = files();
        touched.forEach(file -> {
            before.remove(file.toString());
            after.remove(file.toString());
        });
        assertThat(after).isEqualTo(before);
        return repaired.getFirst();
    }

    private List<Finding> check(boolean repair) throws IOException {
        List<Finding> found = new ArrayList<>();
        images.check(
                new Inspection(repair ? Inspection.Repairs.ALL : Inspection.Repairs.NOTHING, found::add), containers);
        return found;
    }

    private void reopen() throws IOException {
        images.close();
        images = Images.open(data, ImageOptions.DEFAULT);
    }

    private Path blob(Digest digest) {
        return data.resolve("content/blobs/sha256/" + digest.hex());
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    /** Everything below the data root, with what it contains. */
    private Map<String, String> files() throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (Path file : below(data)) {
            all.put(
                    file.toString(),
                    Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                            ? Digest.sha256(Files.readAllBytes(file)).hex()
                            : "");
        }
        return all;
    }

    private static Set<Path> below(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            return new HashSet<>(all.toList());
        }
    }

    private static void remove(Path tree) {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] tree() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            tar.begin(TarEntry.empty("etc", TarEntry.Type.DIRECTORY, "", 0755, 0, 0, Instant.EPOCH));
            file(tar, "etc/motd", "welcome");
            file(tar, "etc/twin", "both");
            tar.begin(TarEntry.empty("etc/link", TarEntry.Type.SYMLINK, "motd", 0777, 0, 0, Instant.EPOCH));
        }
        return bytes.toByteArray();
    }

    private static void file(TarWriter tar, String name, String text) throws IOException {
        byte[] content = bytes(text);
        tar.begin(TarEntry.file(name, 0644, 0, 0, Instant.EPOCH, content.length, Map.of()));
        tar.write(content, 0, content.length);
    }
}
