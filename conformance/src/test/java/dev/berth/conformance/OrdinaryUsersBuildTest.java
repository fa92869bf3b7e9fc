package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.OrdinaryUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A Maven build of an ordinary user's, whose JVMs become root of user namespaces: JUnit's tests, and Berth's own goals. */
@Needs({Need.ROOT, Need.BUSYBOX, Need.MAVEN, Need.USER_NAMESPACES})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrdinaryUsersBuildTest {
    private static final List<String> MODULES = List.of(
            "linux", "image", "network", "level", "level-os", "engine", "build", "embedded", "junit", "maven-plugin");

    private static final String TEST = """
            package com.acme;

            import dev.berth.embedded.*;
            import dev.berth.junit.WithBerth;
            import java.nio.file.Path;
            import java.time.Duration;
            import org.junit.jupiter.api.*;

            @WithBerth
            class ShopTest {
                @Test
                void aContainerRuns(Berth berth) {
                    berth.images().build(BuildSpec.of(Path.of("image")).name("box"));
                    try (Container hello = berth.run(ContainerSpec.of("box").command("echo", "hello"))) {
                        hello.awaitExit(Duration.ofSeconds(30));
                        Assertions.assertEquals("hello\\n", hello.logs());
                    }
                }
            }
            """;

    /** As docs/ROOTLESS.md has it. */
    private static final String PLUGINS = """
            <plugin>
              <artifactId>maven-dependency-plugin</artifactId><version>3.9.0</version>
              <executions><execution><goals><goal>properties</goal></goals></execution></executions>
            </plugin>
            <plugin>
              <artifactId>maven-surefire-plugin</artifactId><version>3.5.4</version>
              <configuration>
                <argLine>-javaagent:${dev.berth:berth-linux:jar} --enable-native-access=ALL-UNNAMED</argLine>
              </configuration>
            </plugin>
            <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
            <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
            <plugin><artifactId>maven-jar-plugin</artifactId><version>3.4.2</version></plugin>
            """;

    private static final String SERVICES = """
            <profile><id>services</id><build><plugins><plugin>
              <groupId>dev.berth</groupId><artifactId>berth-maven-plugin</artifactId><version>%s</version>
              <executions><execution>
                <goals><goal>build</goal><goal>start</goal><goal>stop</goal></goals>
                <configuration>
                  <image>box</image><context>${project.basedir}/image</context>
                  <services><service>
                    <name>web</name><image>box</image>
                    <command><word>sh</word><word>-c</word><word>mkdir /www; exec busybox httpd -f -p 80 -h /www</word></command>
                    <ports><web.port>80</web.port></ports>
                    <await><ports><port>80</port></ports><seconds>30</seconds></await>
                  </service></services>
                </configuration>
              </execution></executions>
            </plugin></plugins></build></profile>
            """.formatted(LocalRepository.VERSION);

    private LocalRepository repository;
    private RepositoryServer served;
    private OrdinaryUser user;

    @BeforeAll
    void makeAProject(@TempDir Path directory) throws IOException {
        repository = LocalRepository.make(directory.resolve("repository"), MODULES);
        served = RepositoryServer.start(repository.folder());
        user = OrdinaryUser.known();
        Files.writeString(user.home().resolveSibling("settings.xml"), served.settings());
        Path project = Files.createDirectory(user.home().resolve("shop"));
        Files.writeString(project.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>com.acme</groupId><artifactId>shop</artifactId><version>1</version>
                  <properties>
                    <maven.compiler.release>25</maven.compiler.release>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  <dependencies>
                    <dependency><groupId>dev.berth</groupId><artifactId>berth-junit</artifactId><version>%s</version><scope>test</scope></dependency>
                    <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>6.1.3</version><scope>test</scope></dependency>
                  </dependencies>
                  <build><plugins>%s</plugins></build>
                  <profiles>%s</profiles>
                </project>
                """.formatted(LocalRepository.VERSION, PLUGINS, SERVICES));
        Path tests = Files.createDirectories(project.resolve("src/test/java/com/acme"));
        Files.writeString(tests.resolve("ShopTest.java"), TEST);
        Path image = BusyboxTree.make(Files.createDirectory(project.resolve("image")));
        Files.writeString(image.resolve("Dockerfile"), "FROM scratch\nCOPY . /\n");
        Command.run(Map.of(), "chown", "-R", OrdinaryUser.ID + ":" + OrdinaryUser.ID, project.toString())
                .succeeded();
    }

    @AfterAll
    void removeAll() throws IOException {
        user.close();
        served.close();
        repository.close();
    }

    private Command maven(String options, String... words) {
        List<String> command = new ArrayList<>(
                List.of("mvn", "-B", "-ntp", "-f", user.home().resolve("shop").toString()));
        command.addAll(List.of("-s", user.home().resolveSibling("settings.xml").toString()));
        command.addAll(List.of(words));
        Command maven = Command.runAs(user, Map.of("MAVEN_OPTS", options), command.toArray(String[]::new));
        assertThat(OrdinaryUser.processes()).isEmpty();
        return maven;
    }

    private String agent() throws IOException {
        String name = "berth-linux-" + LocalRepository.VERSION + ".jar";
        return "-javaagent:"
                + user.home()
                        .resolve(".m2/repository/dev/berth/berth-linux")
                        .resolve(LocalRepository.VERSION)
                        .resolve(name);
    }

    @Test
    void junitsExtensionHasItsEngineInTheTestsJvmAndGoalsHaveTheirsInMavens() throws IOException {
        assertThat(maven("", "verify").succeeded().out()).contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
        Command refused = maven("", "-Pservices", "-DskipTests", "verify");
        assertThat(refused.exitCode()).isOne();
        assertThat(refused.out()).contains("or start it with " + agent());
        assertThat(maven(agent() + " --enable-native-access=ALL-UNNAMED", "-Pservices", "verify")
                        .succeeded()
                        .out())
                .contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0")
                .contains("Service web is ready: web.port=");
    }
}
