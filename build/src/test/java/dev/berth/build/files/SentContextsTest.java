package dev.berth.build.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.build.BuildException;
import dev.berth.image.tar.TarEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentContextsTest {
    private static final String KEY = "a folder of somebody's";

    @TempDir
    Path dir;

    private SentContexts contexts;
    private final List<String> asked = new ArrayList<>();
    private final List<ContextTree> trees = new ArrayList<>();
    private int made;

    @BeforeEach
    void open() throws IOException {
        contexts = SentContexts.open(dir.resolve("contexts"));
    }

    @AfterEach
    void closeTrees() throws IOException {
        for (ContextTree tree : trees) {
            tree.close();
        }
    }

    /** A build's context arrives: files by their names, each with what its client tells of it and what is in it. */
    private ContextTree receive(String key, String... files) throws Exception {
        asked.clear();
        try (SentContexts.Arrival arrival = contexts.begin(key, dir.resolve("spool" + made++))) {
            ArrivingTree arriving = new ArrivingTree(arrival);
            trees.add(arrival.tree());
            Map<ArrivingTree.File, String> missing = new LinkedHashMap<>();
            for (int i = 0; i < files.length; i += 3) {
                TarEntry entry = TarEntry.file(files[i], 0644, 0, 0, Instant.EPOCH, files[i + 2].length(), Map.of());
                String content = files[i + 2];
                Optional<Fingerprint> told = Optional.of(files[i + 1])
                        .filter(text -> !text.isEmpty())
                        .map(text -> Fingerprint.of(text.getBytes(StandardCharsets.UTF_8)));
                arriving.add(entry, told).ifPresent(file -> missing.put(file, content));
            }
            for (Map.Entry<ArrivingTree.File, String> file : missing.entrySet()) {
                asked.add(file.getKey().entry().path());
                file.getKey().write(ByteBuffer.wrap(file.getValue().getBytes(StandardCharsets.UTF_8)));
                file.getKey().end();
            }
            return arriving.whole();
        }
    }

    private static String content(ContextTree tree, String name) throws IOException {
        return new String(tree.content(name, 1 << 30).orElseThrow(), StandardCharsets.UTF_8);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve("contexts"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void aFileOfWhichTheSameIsToldIsNotAskedForAgain() throws Exception {
        ContextTree first = receive(KEY, "a", "a1", "one", "b", "b1", "two");
        assertThat(asked).containsExactly("a", "b");
        ContextTree second = receive(KEY, "a", "a1", "one", "b", "b2", "new");
        assertThat(asked).containsExactly("b");
        ContextTree third = receive(KEY, "a", "a1", "one", "b", "b2", "new");
        assertThat(asked).isEmpty();
        for (ContextTree tree : List.of(second, third)) {
            assertThat(content(tree, "a") + content(tree, "b")).isEqualTo("onenew");
        }
        assertThat(content(first, "b")).isEqualTo("two");
        assertThat(TreeDigest.of(third)).isEqualTo(TreeDigest.of(second)).isNotEqualTo(TreeDigest.of(first));
    }

    @Test
    void nothingIsKnownOfAnotherContextOrOfWhatItsClientCannotTell() throws Exception {
        receive(KEY, "a", "a1", "one", "b", "", "two");
        receive("another", "a", "a1", "one");
        assertThat(asked).containsExactly("a");
        receive(KEY, "a", "a1", "one", "b", "", "two");
        assertThat(asked).containsExactly("b");
    }

    @Test
    void whatIsKnownWithAnotherSizeIsAskedFor() throws Exception {
        receive(KEY, "a", "a1", "one");
        assertThat(content(receive(KEY, "a", "a1", "longer"), "a")).isEqualTo("longer");
    }

    @Test
    void aContextThatIsForgottenIsSentAgainAndBuildsThatHaveItGoOn() throws Exception {
        ContextTree before = receive(KEY, "a", "a1", "one");
        SentContexts.Kept kept = contexts.list().getFirst();
        assertThat(kept.bytes()).isPositive();
        assertThat(contexts.remove(kept.id())).isTrue();
        assertThat(contexts.remove(kept.id())).isFalse();
        assertThat(files()).isEmpty();
        assertThat(contexts.list()).isEmpty();
        receive(KEY, "a", "a1", "two");
        assertThat(asked).containsExactly("a");
        assertThat(content(before, "a")).isEqualTo("one");
    }

    @Test
    void whatIsDamagedIsAsIfItWereNotThere() throws Exception {
        receive(KEY, "a", "a1", "one");
        Path data = files().getFirst();
        Path index = files().getLast();
        byte[] whole = Files.readAllBytes(index);
        for (byte[] damaged : List.of(new byte[0], new byte[whole.length], Arrays.copyOf(whole, 60))) {
            Files.write(index, damaged);
            assertThat(content(receive(KEY, "a", "a1", "one"), "a")).isEqualTo("one");
            assertThat(asked).containsExactly("a");
        }
        Files.write(data, new byte[2]);
        assertThat(content(receive(KEY, "a", "a1", "one"), "a")).isEqualTo("one");
        assertThat(asked).containsExactly("a");
        Files.delete(data);
        receive(KEY, "a", "a1", "one");
        assertThat(asked).containsExactly("a");
    }

    @Test
    void ofATransferThatFailsNothingIsLeft() throws Exception {
        receive(KEY, "a", "a1", "one");
        long before = contexts.list().getFirst().bytes();
        for (String key : List.of(KEY, "another")) {
            try (SentContexts.Arrival arrival = contexts.begin(key, dir.resolve("spool"));
                    ArrivingTree arriving = new ArrivingTree(arrival)) {
                ArrivingTree.File file = arriving.add(
                                TarEntry.file("b", 0644, 0, 0, Instant.EPOCH, 100, Map.of()), Optional.empty())
                        .orElseThrow();
                file.write(ByteBuffer.allocate(60));
                assertThatThrownBy(file::end).isInstanceOf(BuildException.class);
                assertThat(contexts.list()).allMatch(kept -> key.equals(KEY) == kept.inUse());
            }
        }
        assertThat(contexts.list()).hasSize(1).allMatch(kept -> kept.bytes() == before && !kept.inUse());
        receive(KEY, "a", "a1", "one");
        assertThat(asked).isEmpty();
    }

    @Test
    void oneThatIsReceivedIsNotForgottenAndASecondBuildOfItGetsAllOfIt() throws Exception {
        receive(KEY, "a", "a1", "one");
        String id = contexts.list().getFirst().id();
        try (SentContexts.Arrival first = contexts.begin(KEY, dir.resolve("first"));
                ArrivingTree arriving = new ArrivingTree(first)) {
            assertThat(contexts.remove(id)).isFalse();
            receive(KEY, "a", "a1", "one");
            assertThat(asked).containsExactly("a");
            assertThat(arriving.add(
                            TarEntry.file("a", 0644, 0, 0, Instant.EPOCH, 3, Map.of()),
                            Optional.of(Fingerprint.of("a1".getBytes(StandardCharsets.UTF_8)))))
                    .isEmpty();
        }
    }

    /** Of a file that is large and always another, all that it once was would stay. */
    @Test
    void whatNoFileHasAnyMoreIsClearedUpWhenItIsMuch() throws Exception {
        String large = "x".repeat(40 << 20);
        ContextTree before = receive(KEY, "a", "a1", "one", "b", "b1", large);
        receive(KEY, "a", "a1", "one", "b", "b2", large.replace('x', 'y'));
        assertThat(contexts.list().getFirst().bytes()).isGreaterThan(80 << 20);
        receive(KEY, "a", "a1", "one", "b", "b3", large.replace('x', 'z'));
        receive(KEY, "a", "a1", "one", "b", "b4", "small");
        assertThat(contexts.list().getFirst().bytes()).isLessThan(1000);
        ContextTree after = receive(KEY, "a", "a1", "one", "b", "b4", "small");
        assertThat(asked).isEmpty();
        assertThat(content(after, "a") + content(after, "b")).isEqualTo("onesmall");
        assertThat(content(before, "b")).isEqualTo(large);
        assertThat(files()).hasSize(2);
    }

    @Test
    void thoseUsedLongestAgoGoWhenThereAreTooMany() throws Exception {
        for (int i = 0; i < 33; i++) {
            receive("context " + i, "a", "a1", "one");
            for (Path file : files()) { // the clock's tick is no order
                FileTime time = Files.getLastModifiedTime(file);
                Files.setLastModifiedTime(file, FileTime.from(time.toInstant().minusSeconds(1)));
            }
        }
        assertThat(contexts.list()).hasSize(32);
        receive("context 1", "a", "a1", "one");
        assertThat(asked).isEmpty();
        receive("context 0", "a", "a1", "one");
        assertThat(asked).containsExactly("a");
    }

    @Test
    void whatACrashHasLeftIsRemoved() throws Exception {
        receive(KEY, "a", "a1", "one");
        Path index = files().getLast();
        Files.write(dir.resolve("contexts/" + "0".repeat(25) + "-0.data"), new byte[100]);
        Files.write(index.resolveSibling(index.getFileName() + ".new"), new byte[100]);
        contexts = SentContexts.open(dir.resolve("contexts"));
        assertThat(files()).hasSize(2);
        receive(KEY, "a", "a1", "one");
        assertThat(asked).isEmpty();
    }
}
