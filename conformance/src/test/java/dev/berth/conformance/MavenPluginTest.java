package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthOptions;
import dev.berth.embedded.ImageInfo;
import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Berth's goals in builds that Maven runs in a process of its own, offline, with a repository of what was just compiled. */
@Needs({Need.ROOT, Need.BUSYBOX, Need.MAVEN})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MavenPluginTest {
    private static final List<String> MODULES =
            List.of("linux", "image", "network", "level", "level-os", "engine", "build", "embedded", "maven-plugin");

    /** Serves a page. */
    private static final String WEB = """
            <service>
              <name>web</name><image>box</image>
              <command><word>sh</word><word>-c</word><word>%s</word></command>
              <ports><web.port>80</web.port></ports>
              <await><ports><port>80</port></ports><http>80/index.html</http><seconds>30</seconds></await>
            </service>
            """.formatted(
                    "echo here I am; mkdir /www; echo hi > /www/index.html; exec busybox httpd -f -p 80 -h /www"
                            .replace(">", "&gt;"));

    @TempDir
    private static Path shared;

    private static LocalRepository repository;

    @TempDir
    private Path project;

    @BeforeAll
    static void makeARepository() throws IOException {
        repository = LocalRepository.make(shared.resolve("repository"), MODULES);
    }

    @AfterAll
    static void unlinkTheUsualRepository() throws IOException {
        repository.close();
    }

    @BeforeEach
    void makeTheImagesFiles() throws IOException {
        Path tree = BusyboxTree.make(Files.createDirectories(project.resolve("image")));
        Files.writeString(tree.resolve("Dockerfile"), "FROM scratch\nARG WORD\nCOPY . /\n");
    }

    private static Path cache() {
        return shared.resolve("cache");
    }

    private static String execution(String id, String goal, String configuration) {
        return "<execution><id>" + id + "</id><goals><goal>" + goal + "</goal></goals><configuration>" + configuration
                + "</configuration></execution>";
    }

    private static String build(String more) {
        return execution(
                "image",
                "build",
                "<image>box</image><context>${project.basedir}/image</context><args><WORD>x</WORD></args>" + more);
    }

    private ProcessBuilder maven(String javaHome, String... executions) throws IOException {
        Files.writeString(
                project.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>com.acme</groupId><artifactId>shop</artifactId><version>1</version>
                  <packaging>pom</packaging>
                  <build><plugins><plugin>
                    <groupId>dev.berth</groupId><artifactId>berth-maven-plugin</artifactId><version>%s</version>
                    <executions>%s</executions>
                  </plugin></plugins></build>
                </project>
                """.formatted(LocalRepository.VERSION, String.join("\n", executions)));
        ProcessBuilder builder = new ProcessBuilder(
                "mvn",
                "-o",
                "-B",
                "-ntp",
                "-f",
                project.resolve("pom.xml").toString(),
                "-Dmaven.repo.local=" + repository.folder(),
                "-Dberth.cache=" + cache(),
                "verify");
        builder.environment().put("JAVA_HOME", javaHome);
        builder.environment().put("MAVEN_OPTS", javaHome.equals(ourJava()) ? "--enable-native-access=ALL-UNNAMED" : "");
        builder.redirectErrorStream(true);
        return builder.redirectOutput(project.resolve("output").toFile());
    }

    private static String ourJava() {
        return System.getProperty("java.home");
    }

    private List<String> run(int exitCode, ProcessBuilder maven) throws IOException, InterruptedException {
        int code = maven.start().waitFor();
        List<String> lines = Files.readAllLines(project.resolve("output"));
        assertThat(code).as(String.join("\n", lines)).isEqualTo(exitCode);
        return lines;
    }

    private static void nothingRuns() {
        try (Berth next = Berth.start(BerthOptions.DEFAULT.withCache(cache()))) {
            assertThat(next.containers().list()).isEmpty();
            assertThat(next.networks().list()).isEmpty();
        }
    }

    @Test
    void anImageIsBuiltServicesRunAroundTestsAndNothingIsLeft() throws Exception {
        String probe = """
                <services><service>
                  <name>probe</name><image>box</image>
                  <command><word>sh</word><word>-c</word><word>echo port $PORT of $(hostname); sleep 1000</word></command>
                  <env><PORT>${web.port}</PORT></env>
                  <await><line>^port [0-9]+ of</line></await>
                </service></services>
                """;
        List<String> lines = run(
                0,
                maven(
                        ourJava(),
                        build("<output>${project.build.directory}/box.tar</output><tags><tag>box:2</tag></tags>"),
                        execution("services", "start", "<services>" + WEB + "</services>"),
                        execution("probe", "start", probe),
                        execution("end", "stop", "")));
        assertThat(lines)
                .contains("[INFO] Step 1/3 : FROM scratch", "[INFO] Service probe is ready")
                .anyMatch(line -> line.matches(
                        "\\[INFO] Image box:2, box:latest is sha256:.*|\\[INFO] Image box:latest, box:2 is sha256:.*"))
                .anyMatch(line -> line.matches("\\[INFO] Service web is ready: web\\.port=[0-9]+"))
                .noneMatch(line -> line.startsWith("WARNING: A restricted method"));
        assertThat(project.resolve("target/berth/web.log")).hasContent("here I am");
        assertThat(project.resolve("target/berth/probe.log")).content().matches("port [0-9]+ of [0-9a-f]+\n");
        try (Berth next = Berth.start(BerthOptions.DEFAULT.withCache(shared.resolve("second")))) {
            assertThat(next.images().load(project.resolve("target/box.tar")))
                    .flatExtracting(ImageInfo::names)
                    .contains("box:latest", "box:2");
        }
        nothingRuns();
    }

    @Test
    void aServiceThatDoesNotBecomeReadyFailsTheBuildWithItsLastLinesAndTheOthersAreEnded() throws Exception {
        String deaf = """
                <services><service>
                  <name>deaf</name><image>box</image>
                  <command><word>sh</word><word>-c</word><word>echo nobody listens; sleep 1000</word></command>
                  <await><line>listens</line><ports><port>1</port></ports><seconds>1</seconds></await>
                </service></services>
                """;
        List<String> lines = run(
                1,
                maven(
                        ourJava(),
                        build(""),
                        execution("services", "start", "<services>" + WEB + "</services>"),
                        execution("deaf", "start", deaf),
                        execution("end", "stop", "")));
        assertThat(String.join("\n", lines))
                .contains("starting services failed: waiting for port 1 of container deaf-")
                .containsPattern(
                        "it did not come true within 1 s \\(running\\); its last lines were:\n\\[ERROR] +nobody listens")
                .contains("Services were still at work and are ended");
        assertThat(project.resolve("target/berth/web.log")).hasContent("here I am");
        nothingRuns();
    }

    @Test
    void whatAKilledBuildHasLeftIsEndedByTheNextEngine() throws Exception {
        String waiting = """
                <services><service>
                  <name>waiting</name><image>box</image>
                  <command><word>sh</word><word>-c</word><word>trap '' TERM; touch /up; while true; do sleep 1; done</word></command>
                  <binds><bind>.:/host</bind></binds>
                  <await><line>never</line><seconds>100</seconds></await>
                </service></services>
                """.replace("/up", "/host/up");
        Process maven = maven(ourJava(), build(""), execution("services", "start", waiting))
                .start();
        try {
            Command.eventually("the service", () -> Files.exists(project.resolve("up")));
        } finally {
            maven.destroyForcibly().waitFor();
        }
        nothingRuns();
    }

    @Test
    void projectsThatAreBuiltAtOnceShareTheEngineAndEachHasServicesOfItsOwn() throws Exception {
        ProcessBuilder maven = maven(
                ourJava(),
                build("").replace("${project.basedir}", project.toString()),
                execution("services", "start", "<services>" + WEB + "</services>"),
                execution("end", "stop", ""));
        Path pom = project.resolve("pom.xml");
        List<String> names = List.of("one", "two", "three");
        Files.writeString(
                pom,
                Files.readString(pom)
                        .replace(
                                "<build>",
                                "<modules><module>" + String.join("</module><module>", names)
                                        + "</module></modules><build>"));
        for (String name : names) {
            Files.writeString(Files.createDirectory(project.resolve(name)).resolve("pom.xml"), """
                    <project xmlns="http://maven.apache.org/POM/4.0.0">
                      <modelVersion>4.0.0</modelVersion>
                      <parent><groupId>com.acme</groupId><artifactId>shop</artifactId><version>1</version></parent>
                      <artifactId>%s</artifactId><packaging>pom</packaging>
                    </project>
                    """.formatted(name));
        }
        maven.command().addAll(List.of("-T", "3"));
        assertThat(run(0, maven))
                .filteredOn(line -> line.matches("\\[INFO] Service web is ready: web\\.port=[0-9]+"))
                .hasSize(1 + names.size());
        assertThat(names)
                .allSatisfy(name -> assertThat(project.resolve(name).resolve("target/berth/web.log"))
                        .hasContent("here I am"));
        nothingRuns();
    }

    @Test
    void whatMakesNoSenseIsToldWithTheServicesName() throws Exception {
        String odd = "<services><service><name>odd</name><image>box</image><memory>much</memory></service></services>";
        assertThat(run(1, maven(ourJava(), execution("services", "start", odd))))
                .anyMatch(line -> line.contains("the service odd makes no sense: the memory \"much\" is not a number of"
                        + " bytes, such as 512m"));
    }

    @Test
    void aMavenOfAnOlderJavaIsToldWhatIsNeeded() throws Exception {
        Optional<Path> older = olderJava();
        assumeThat(older).as("a JDK that is older than 25, in /usr/lib/jvm").isPresent();
        assertThat(run(1, maven(older.orElseThrow().toString(), build(""))))
                .anyMatch(line -> line.contains("Berth needs Maven to run on Java 25 or newer, and this is Java ")
                        && line.contains("set JAVA_HOME to a newer JDK"));
    }

    private static Optional<Path> olderJava() throws IOException {
        try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
            return homes.filter(home -> Files.isExecutable(home.resolve("bin/java")))
                    .filter(home -> String.valueOf(home.getFileName()).matches("java-(17|21)-.*"))
                    .findFirst();
        }
    }
}
