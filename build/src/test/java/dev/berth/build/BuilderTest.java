package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.berth.build.cache.CacheBounds;
import dev.berth.build.cache.CacheFilter;
import dev.berth.build.dockerfile.DockerfileException;
import dev.berth.image.oci.Digest;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Builds of Dockerfiles by a real engine. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BuilderTest extends InWorkshop {

    @Test
    void stepsChangeFilesAndSettingsAndAreTold() throws Exception {
        Workshop.Built built = shop.order("""
                        FROM box AS first
                        ARG WHO=nobody
                        ENV GREETING="hello $WHO"
                        RUN echo "$GREETING" >/made && cat /made
                        FROM box
                        WORKDIR /work
                        COPY --from=first /made copied
                        COPY a.txt b.txt /work/sub/
                        LABEL one=1
                        USER nobody:staff
                        EXPOSE 80 53/udp
                        RUN cat copied sub/a.txt sub/b.txt; id -u; pwd
                        CMD ["cat", "copied"]
                        """)
                .file("a.txt", "A\n")
                .file("b.txt", "B\n")
                .argument("WHO", "world")
                .build();
        assertThat(built.output())
                .contains("Step 1/13 : FROM box AS first\n", "\nhello world\n", "hello world\nA\nB\n65534\n/work\n")
                .doesNotContain("Using cache");
        var config = built.image().config().config();
        assertThat(config.cmd()).containsExactly("cat", "copied");
        assertThat(config.workingDir()).isEqualTo("/work");
        assertThat(config.user()).isEqualTo("nobody:staff");
        assertThat(config.labels()).isEqualTo(Map.of("one", "1"));
        assertThat(config.exposedPorts()).containsExactlyInAnyOrder("53/udp", "80/tcp");
        assertThat(config.env()).noneMatch(variable -> variable.startsWith("GREETING="));
    }

    @Test
    void aFileIsWrittenToWhereALinkLeads() throws Exception {
        Workshop.Built built =
                shop.order("""
                        FROM box
                        RUN echo old >/real; ln -s /real /link; ln -s /not/yet /dangling
                        COPY f /link
                        COPY f[0-9a-f] /[x]
                        RUN cat /real; test -L /link; cat "/[x]"
                        """).file("f", "new\n").file("fa", "by a range\n").build();
        assertThat(built.output()).contains("\nnew\nby a range\n");
    }

    @Test
    void aStageHasAPathThatItsImageKeeps() throws Exception {
        String path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        Workshop.Built built = shop.order("FROM box\nENV A=1\n").build();
        assertThat(built.image().config().config().env()).containsExactly(path, "A=1");
        assertThat(shop.order("FROM scratch\nENV PATH=/own:$PATH\n")
                        .build()
                        .image()
                        .config()
                        .config()
                        .env())
                .containsExactly("PATH=/own:" + path.substring("PATH=".length()));
        assertThat(shop.order("FROM box\n").build().image().id())
                .as("nothing was done to it")
                .isEqualTo(shop.engine()
                        .images()
                        .store()
                        .find("box", Optional.empty())
                        .id());
    }

    @Test
    void modesAreChangedAsChmodDoes() throws Exception {
        Workshop.Built built = shop.order("""
                        FROM box
                        COPY --chmod=u=rwX,go=rX d /d
                        ADD --chmod=+x d/f /g
                        RUN stat -c %a /d/e /d/f /g | tr '\\n' ' '
                        """).file("d/f", "").file("d/e/f", "").build();
        assertThat(built.output()).contains("755 644 755 ");
    }

    @Test
    void aStageTakesFilesOfOneThatComesLaterAndOfNothing() throws Exception {
        Workshop.Built built = shop.order("""
                        FROM box AS result
                        COPY --from=later /made /made
                        RUN --mount=type=bind,from=scratch,target=/none ls -A /none; cat /made
                        FROM box AS later
                        RUN echo 7 >/made
                        FROM result
                        """).build();
        assertThat(built.output()).contains("\n7\n");
    }

    @Test
    void aStageThatWaitsForOneThatFailsIsNotWhereItFailed() {
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order("""
                                FROM box AS made
                                RUN exit 3
                                FROM box
                                COPY --from=made /a /b
                                """).build())
                .satisfies(e -> assertThat(e.excerpt()).contains("2 | >>> RUN exit 3"));
    }

    @Test
    void whatCannotBeDoneIsRefusedInDockersWords() {
        Map<String, String> refusals = Map.of(
                "STOPSIGNAL SIGNONE", "invalid signal: SIGNONE",
                "WORKDIR /etc/passwd", "Cannot mkdir: /etc/passwd is not a directory",
                "COPY --chmod=u+q Dockerfile /b",
                        "invalid chmod parameter: 'u+q'. it should be octal string and between 0 and 07777, or symbolic"
                                + " as u=rwX,go=rX",
                "COPY *.none /b/", "COPY failed: no source files were specified",
                "COPY --from=box /none /b", "COPY failed: stat none: file does not exist",
                "COPY --chown=0:nosuch Dockerfile /b",
                        "unable to convert uid/gid chown string to host mapping: can't find gid for group nosuch: no such"
                                + " group: nosuch");
        refusals.forEach((instruction, message) -> assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order("FROM box\n" + instruction + "\n").build())
                .withMessage(message));
    }

    @Test
    void whatIsMadeOfTheSameIsFoundAgainEvenByTheNextEngine() throws Exception {
        String dockerfile = """
                FROM box
                ENV ONE=1
                COPY one /
                RUN cat /one >/read
                COPY two /
                RUN cat /two >>/read
                """;
        Workshop.Built first =
                shop.order(dockerfile).file("one", "1").file("two", "2").build();
        shop.restart();
        Workshop.Built same = shop.order(dockerfile)
                .file("one", "1")
                .file("two", "2")
                .modified(Instant.ofEpochSecond(1_000_000_000))
                .build();
        assertThat(same.image().id()).isEqualTo(first.image().id());
        assertThat(same.cachedSteps()).isEqualTo(4);
        Workshop.Built other =
                shop.order(dockerfile).file("one", "1").file("two", "3").build();
        assertThat(other.cachedSteps()).isEqualTo(2);
        assertThat(other.image().id()).isNotEqualTo(first.image().id());
        Workshop.Built afresh = shop.order(dockerfile)
                .file("one", "1")
                .file("two", "2")
                .afresh()
                .build();
        assertThat(afresh.cachedSteps()).isZero();
    }

    @Test
    void stagesThatNobodyNeedsAreNotBuilt() throws Exception {
        String dockerfile = """
                FROM box AS broken
                RUN false
                FROM box AS good
                RUN echo good
                FROM broken AS last
                """;
        assertThat(shop.order(dockerfile).target("good").build().output())
                .contains("Step 2/2 : RUN echo good", "\ngood\n");
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order(dockerfile).build())
                .withMessageContaining("The command '/bin/sh -c false' returned a non-zero code: 1")
                .satisfies(e -> assertThat(e.exitCode()).contains(1))
                .satisfies(e -> assertThat(e.excerpt()).contains(">>> RUN false"));
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order(dockerfile).target("nowhere").build())
                .withMessageContaining("nowhere");
    }

    /** Each waits for what the other has written. */
    @Test
    void stagesRunSideBySide() throws Exception {
        String meet = "RUN --mount=type=cache,target=/meet touch /meet/%s;"
                + " i=0; while [ ! -e /meet/%s ]; do sleep 0.1; i=$((i+1)); [ $i -lt 300 ] || exit 1; done; echo met";
        Workshop.Built built = shop.order("FROM box AS one\n" + meet.formatted("a", "b") + "\nFROM box AS two\n"
                        + meet.formatted("b", "a")
                        + "\nFROM box\nCOPY --from=one /bin/sh /one\nCOPY --from=two /bin/sh /two\n")
                .build();
        assertThat(built.output()).contains("Step 2/7 : RUN", "Step 4/7 : RUN");
        assertThat(built.output().split("\nmet\n", -1)).hasSize(3);
    }

    @Test
    void whatIsMountedWhileAStepRunsIsNoPartOfTheImage() throws Exception {
        Workshop.Built built = shop.order("""
                        FROM box AS source
                        RUN mkdir /out; echo made >/out/file
                        FROM box
                        RUN --mount=type=secret,id=key,target=/run/key,mode=0400 cat /run/key; stat -c %a /run/key
                        RUN --mount=type=secret,id=key,env=KEY echo "it is $KEY"
                        RUN --mount=type=tmpfs,target=/memory touch /memory/gone
                        RUN --mount=type=bind,target=/context cat /context/dir/f
                        RUN --mount=type=bind,from=source,source=/out,target=/there,rw cat /there/file; echo x >/there/more
                        RUN --mount=type=cache,target=/kept echo "$(cat /kept/count 2>/dev/null)x" >/kept/count; cat /kept/count
                        RUN ls -d /run/key /memory /context /there /kept /run 2>/dev/null; echo nothing more
                        """)
                .file("dir/f", "of the context\n")
                .secret("key", "opensesame")
                .build();
        assertThat(built.output())
                .contains("opensesame400\n", "it is opensesame\n", "of the context\n", "made\n", "\nx\n")
                .contains(" ---> Running in")
                .containsPattern("Running in [0-9a-f]{12}\nnothing more\n");
        assertThat(built.image().config().history().toString()).doesNotContain("opensesame");
        Workshop.Built again = shop.order("""
                        FROM box
                        RUN --mount=type=cache,target=/kept echo "$(cat /kept/count)x" >/kept/count; cat /kept/count
                        """).build();
        assertThat(again.output()).contains("\nxx\n");
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(
                        () -> shop.order("FROM box\nRUN --mount=type=secret,id=none,required cat /run/secrets/none\n")
                                .build())
                .withMessageContaining("secret none: not found");
    }

    @Test
    void aStepThatChangesNoFileHasNoLayer() throws Exception {
        int base = shop.engine().images().store().find("box").config().diffIds().size();
        Workshop.Built built = shop.order("FROM box\nRUN true\nRUN ls /proc/self >/dev/null\nWORKDIR /tmp\n")
                .build();
        assertThat(built.image().config().diffIds()).hasSize(base);
        assertThat(built.image().config().history())
                .filteredOn(entry -> entry.createdBy().startsWith("RUN"))
                .hasSize(2)
                .allMatch(dev.berth.image.oci.History::emptyLayer);
    }

    @Test
    void documentsInTheDockerfileAreFilesScriptsAndPrograms() throws Exception {
        Workshop.Built built = shop.order("""
                        FROM box
                        COPY <<one <<"two" /docs/
                        first $PATH_NONE
                        one
                        second $HOME
                        two
                        RUN <<EOF
                        cat /docs/one /docs/two
                        echo "from a script"
                        EOF
                        RUN <<EOF
                        #!/bin/cat
                        not a shell's
                        EOF
                        """).build();
        assertThat(built.output()).contains("first \nsecond $HOME\nfrom a script\n", "not a shell's\n");
        assertThat(shop.order("FROM box\nRUN ls /dev/pipes 2>&1 || echo gone\n")
                        .build()
                        .output())
                .contains("gone\n");
    }

    @Test
    void aDateMakesTheSameImageOfTheSameWhereverItIsBuilt() throws Exception {
        String dockerfile = """
                FROM box
                LABEL b=2 a=1
                COPY . /files/
                RUN echo made >/made; mkdir -p /x/y; ln -s made /link
                """;
        Instant date = Instant.ofEpochSecond(1_600_000_000);
        Workshop.Built one = shop.order(dockerfile)
                .file("f", "content")
                .dated(date)
                .modified(Instant.ofEpochSecond(1_500_000_000))
                .build();
        try (Workshop other = new Workshop(dir.resolve("other"))) {
            ByteArrayOutputStream base = new ByteArrayOutputStream();
            shop.engine().images().save(List.of("box"), Optional.empty(), base);
            other.engine().images().load(new ByteArrayInputStream(base.toByteArray()), Optional.empty(), _ -> {});
            Workshop.Built two =
                    other.order(dockerfile).file("f", "content").dated(date).build();
            assertThat(two.image().manifest().raw().digest())
                    .isEqualTo(one.image().manifest().raw().digest());
        }
        assertThat(one.image().created()).isEqualTo(date);
    }

    @Test
    void aDateIsKeptAlthoughTheSameStepsWereTakenWithoutItOrWithAnother() throws Exception {
        String dockerfile = "FROM box AS made\nRUN echo made >/made\nFROM scratch\nCOPY --from=made /made /\n";
        Instant date = Instant.ofEpochSecond(1_600_000_000);
        shop.order(dockerfile).build();
        shop.order(dockerfile).dated(date.plusSeconds(1)).build();
        Workshop.Built dated = shop.order(dockerfile).dated(date).build();
        Workshop.Built again = shop.order(dockerfile).dated(date).build();
        Workshop.Built afresh = shop.order(dockerfile).dated(date).afresh().build();
        assertThat(dated.cachedSteps()).isZero();
        assertThat(again.cachedSteps()).isEqualTo(2);
        assertThat(dated.image().config().diffIds())
                .isEqualTo(afresh.image().config().diffIds());
        assertThat(again.image().id()).isEqualTo(afresh.image().id());
        assertThat(shop.order(dockerfile).build().cachedSteps())
                .as("what was made without a date is still known")
                .isEqualTo(2);
    }

    @Test
    void filesGoWhereTheImagesOwnLinksLeadAndBelongToWhomTheyShould() throws Exception {
        Workshop.Built built = shop.order("""
                        FROM box
                        RUN mkdir -p /real/deep; ln -s /real /alias
                        COPY f /alias/deep/
                        COPY --chown=nobody:staff --chmod=0750 f /alias/owned
                        COPY *.txt dir/ /all/
                        COPY f /renamed
                        RUN stat -c '%n %u:%g %a' /real/deep/f /real/owned; ls /all; cat /renamed
                        """)
                .file("f", "F\n")
                .file("x.txt", "")
                .file("y.txt", "")
                .file("dir/inner", "")
                .build();
        assertThat(built.output()).contains("/real/deep/f 0:0 644\n/real/owned 65534:50 750\ninner\nx.txt\ny.txt\nF\n");
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order("FROM box\nCOPY nothing /\n").build())
                .withMessageContaining("stat nothing: file does not exist");
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order("FROM box\nCOPY f x.txt /one\n")
                        .file("f", "")
                        .file("x.txt", "")
                        .build())
                .withMessageContaining("must be a directory and end with a /");
    }

    @Test
    void imagesBeginWithNothingAndWithTriggers() throws Exception {
        Workshop.Built base = shop.order("FROM box\nONBUILD RUN echo triggered by $NAME\nENV NAME=base\n")
                .build();
        shop.engine().images().tag(base.image().id().toString(), "base");
        assertThat(shop.order("FROM base\n").build().output()).contains("triggered by base\n");
        Workshop.Built nothing = shop.order(
                        "FROM box AS b\nFROM scratch\nCOPY --from=b /bin/busybox /bin/sh\nRUN echo alive\n")
                .build();
        assertThat(nothing.output()).contains("\nalive\n");
        assertThat(shop.order("FROM scratch\nLABEL only=this\n")
                        .build()
                        .image()
                        .config()
                        .diffIds())
                .isEmpty();
    }

    @Test
    void whatAStepWritesBelowAVolumeStays() throws Exception {
        Workshop.Built built = shop.order(
                        "FROM box\nVOLUME /data\nRUN mkdir /data; echo kept >/data/f\nRUN cat /data/f\n")
                .build();
        assertThat(built.output()).contains("\nkept\n");
        assertThat(built.image().config().config().volumes()).containsExactly("/data");
        assertThat(shop.engine().volumes().list(Map.of())).isEmpty();
    }

    @Test
    void aBuildThatIsCancelledEndsAndLeavesNothing() throws Exception {
        Workshop.Order order = shop.order("FROM box\nRUN echo begun; sleep 600\n");
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread build = Thread.ofVirtual().start(() -> {
            try {
                order.build("mine", order.context());
                failure.complete(new AssertionError("it came to an end"));
            } catch (IOException | InterruptedException | RuntimeException e) {
                failure.complete(e);
            }
        });
        while (!order.output().contains("begun\n")) {
            assertThat(failure).isNotDone();
            Thread.sleep(20);
        }
        shop.builder().cancel("mine");
        build.join();
        assertThat(failure.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void whatStepsCameToIsForgottenWhenAskedAndImagesStay() throws Exception {
        Workshop.Built built =
                shop.order("FROM box\nRUN echo a >/a\nRUN echo b >/b\n").build();
        shop.engine().images().tag(built.image().id().toString(), "kept");
        shop.order("FROM box\nRUN echo c >/c\nRUN false || true\n").build();
        int all = shop.builder().cache().list().size();
        long before = shop.engine().images().store().list().size();
        assertThat(shop.builder().prune(CacheFilter.ALL, true, CacheBounds.NONE).deleted())
                .hasSize(all);
        assertThat(shop.builder().cache().list()).isEmpty();
        assertThat(shop.engine().images().store().list()).hasSize((int) before);
        assertThat(shop.order("FROM kept\nRUN cat /a /b\n").build().output()).contains("a\nb\n");
    }

    @Test
    void whatIsAddedMayBeFetchedOrUnpacked() throws Exception {
        byte[] tar =
                shop.order("FROM box\nCOPY in /in\n").file("in", "unpacked\n").context();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestURI().getPath().endsWith(".tar")
                    ? tar
                    : "FROM box\nRUN echo fetched\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().contains("none") ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            Workshop.Built built = shop.order("FROM box\nADD " + address + "/some/x.tar local.tar /there/\n"
                            + "RUN ls /there; stat -c %a /there/x.tar\n")
                    .file("local.tar", new String(tar, StandardCharsets.ISO_8859_1))
                    .build();
            assertThat(built.output()).contains("Dockerfile\nin\nx.tar\n600\n");
            assertThat(shop.order("").remote(address + "/Dockerfile").build().output())
                    .contains("\nfetched\n");
            assertThat(shop.order("").remote(address + "/context.tar").build().image())
                    .isNotNull();
            assertThatExceptionOfType(BuildException.class)
                    .isThrownBy(() -> shop.order("FROM box\nADD " + address + "/none /x\n")
                            .build())
                    .withMessageContaining("was answered with 404");
            assertThatExceptionOfType(BuildException.class)
                    .isThrownBy(() -> shop.order("FROM box\nADD --checksum=sha256:" + "0".repeat(64) + " " + address
                                    + "/some/x.tar /x\n")
                            .build())
                    .withMessageContaining("digest mismatch");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void hostileContextsAndDockerfilesAreRefused() throws Exception {
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() -> shop.order("FROM box\n").file("../out", "x").build())
                .withMessageContaining("leads out of it");
        assertThatExceptionOfType(DockerfileException.class)
                .isThrownBy(() -> shop.order("FROM box\nNONSENSE x\n").build())
                .withMessageContaining("line 2");
        assertThatExceptionOfType(DockerfileException.class)
                .isThrownBy(
                        () -> shop.order("FROM box AS a\nCOPY --from=a /x /x\n").build())
                .withMessage("circular dependency detected on stage: a");
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() ->
                        shop.order("FROM box\nCOPY d /d\n").file("d/.wh.f", "").build())
                .withMessageContaining(".wh.");
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(() ->
                        shop.order("FROM box\nRUN --security=insecure true\n").build())
                .withMessageContaining("insecure");
    }

    @Test
    void aLinkedLayerIsTheSameUponAnythingAndMadeOnce() throws Exception {
        String dockerfile = """
                FROM box AS files
                RUN mkdir -p /d/e; echo of-stage >/d/e/f
                FROM box
                RUN echo %s >/below; ln -s /elsewhere /way; mkdir /elsewhere
                COPY --link note /way/in
                COPY --link --from=files --chown=5:6 /d /linked/
                RUN cat /way/in; stat -c '%%F' /way; stat -c '%%u:%%g %%a' /linked/e/f; ls /elsewhere | wc -l
                """;
        Workshop.Built first =
                shop.order(dockerfile.formatted("one")).file("note", "noted\n").build();
        assertThat(first.output()).contains("noted\ndirectory\n5:6 644\n0\n");
        Workshop.Built second =
                shop.order(dockerfile.formatted("two")).file("note", "noted\n").build();
        assertThat(second.output()).contains("noted\ndirectory\n5:6 644\n0\n");
        assertThat(second.cachedSteps()).isEqualTo(3); // the files' stage, and both linked layers
        List<Digest> layers = first.image().config().diffIds();
        List<Digest> others = second.image().config().diffIds();
        assertThat(others).hasSameSizeAs(layers);
        int last = layers.size() - 1; // the last RUN changes no file
        assertThat(others.get(last)).isEqualTo(layers.get(last));
        assertThat(others.get(last - 1)).isEqualTo(layers.get(last - 1));
        assertThat(others.get(last - 2)).isNotEqualTo(layers.get(last - 2));
        assertThat(shop.order(dockerfile.formatted("two"))
                        .file("note", "noted\n")
                        .build()
                        .cachedSteps())
                .isEqualTo(5);
    }

    @Test
    void parentsAreKeptFromThePivotOnAlsoOfWhatPatternsMean() throws Exception {
        String output = shop.order("""
                        FROM box AS base
                        RUN mkdir -p /t/a/b/c/d/e /t/a/b2/c/d/e /t/a/b/c2/d/e2; cd /t/a; \
                            touch b/c/d/foo b/c/d/e/bay b2/c/d/e/bar b/c2/d/e2/baz
                        FROM box
                        COPY --from=base --parents /t/a/b/./c/d /middle/
                        COPY --from=base --parents /t/a/b/c/d/. /end/
                        COPY --from=base --parents ./t/a/b/c/d /start/
                        COPY --from=base --parents /t/a/./b/./c /double/
                        COPY --from=base --parents /t/a/./*/c /wild/
                        COPY --from=base --parents /t/a/b*/./c/**/e /deep/
                        COPY --from=base --parents /t/a/b/c*/./d/**/baz /t/a/b*/./c/**/bar /two/
                        COPY --from=base --parents --exclude=**/bay /t/a/./b/c /less/
                        RUN cd /; for d in middle end start double wild deep two less; do find $d -type f | sort | tr '\\n' ' '; done
                        """).build().output();
        assertThat(output)
                .contains("middle/c/d/e/bay middle/c/d/foo"
                        + " end/t/a/b/c/d/e/bay end/t/a/b/c/d/foo"
                        + " start/t/a/b/c/d/e/bay start/t/a/b/c/d/foo"
                        + " double/b/c/d/e/bay double/b/c/d/foo"
                        + " wild/b/c/d/e/bay wild/b/c/d/foo wild/b2/c/d/e/bar"
                        + " deep/c/d/e/bar deep/c/d/e/bay"
                        + " two/c/d/e/bar two/d/e2/baz"
                        + " less/b/c/d/foo ");
    }

    @Test
    void whoseALinkedLayerIsIsSaidByNumbers() {
        assertThatExceptionOfType(BuildException.class)
                .isThrownBy(shop.order("FROM box\nCOPY --link --chown=root note /\n")
                        .file("note", "")::build)
                .withMessage(
                        "COPY --link --chown=root: a linked layer knows none of the image's users: give numbers, or"
                                + " leave out --link");
    }
}
