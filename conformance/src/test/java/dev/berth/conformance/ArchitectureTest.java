package dev.berth.conformance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** The rules of ARCHITECTURE.md that a compiler does not hold. */
@AnalyzeClasses(packages = "dev.berth", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule linuxImportsNoOtherModule = only("linux");

    @ArchTest
    static final ArchRule levelImportsNoOtherModule = only("level", "level");

    @ArchTest
    static final ArchRule levelOsImportsTheInterfaceAndLinux = only("level.os", "level", "linux");

    @ArchTest
    static final ArchRule imageImportsLinux = only("image", "linux");

    @ArchTest
    static final ArchRule networkImportsLinux = only("network", "linux");

    /** Syslog and the journal take datagrams on Unix sockets, which java.nio does not have. */
    @ArchTest
    static final ArchRule engineImportsImageNetworkAndTheLevelInterface = noClasses()
            .that()
            .resideInAPackage("dev.berth.engine..")
            .should()
            .dependOnClassesThat(berthOutside(
                    "dev.berth.engine..",
                    "dev.berth.image..",
                    "dev.berth.network..",
                    "dev.berth.level",
                    "dev.berth.linux.namespace",
                    "dev.berth.linux.socket..",
                    "dev.berth.linux"));

    @ArchTest
    static final ArchRule buildImportsEngineAndWhatItBuildsUpon = only("build", "engine", "image", "level", "linux");

    /** Of the kernel the server asks one thing that Java does not tell: whether a client has read. */
    @ArchTest
    static final ArchRule apiImportsEngineAndWhatItSpeaksOf =
            only("api", "engine", "build", "image", "level", "linux.socket");

    /** What a JVM is given is the engine itself; the API only where a socket is asked for, of the kernel an ordinary user's rights. */
    @ArchTest
    static final ArchRule embeddedImportsTheEngineTheBuilderAndForItsSocketTheApi =
            only("embedded", "engine", "build", "image", "level", "api", "linux.namespace");

    @ArchTest
    static final ArchRule onlyTheSocketOfTheEmbeddedEngineNeedsTheApi = noClasses()
            .that()
            .resideInAPackage("dev.berth.embedded..")
            .and()
            .doNotHaveSimpleName("EngineSocket")
            .should()
            .dependOnClassesThat(in("dev.berth.api.."));

    /** Testcontainers' reaper is to be there, and has nothing to do: it is a program of ours. */
    @ArchTest
    static final ArchRule testcontainersImportsTheEmbeddedEngineAndWhatAProgramIsMadeBy =
            only("testcontainers", "embedded", "image", "linux.asm", "linux.elf");

    @ArchTest
    static final ArchRule junitImportsTheEmbeddedEngine = only("junit", "embedded");

    @ArchTest
    static final ArchRule mavensGoalsImportTheEmbeddedEngine = only("maven", "embedded");

    /**
     * Raw mode and window size are system calls; {@code system check} looks at the kernel and at its packet filter. A context
     * has names that are no text, which Java's own files cannot open, and leaves out what the builder's own ignore files do.
     */
    @ArchTest
    static final ArchRule cliImportsTheTerminalWhatTheHostIsCheckedByAndWhatContextsAreReadBy = noClasses()
            .that()
            .resideInAPackage("dev.berth.cli..")
            .should()
            .dependOnClassesThat(berthOutside(
                    "dev.berth.cli..",
                    "dev.berth.build.context",
                    "dev.berth.linux.file",
                    "dev.berth.linux.namespace",
                    "dev.berth.linux.terminal..",
                    "dev.berth.linux.nftables..",
                    "dev.berth.linux.quota",
                    "dev.berth.linux"));

    @ArchTest
    static final ArchRule theEngineDoesNotKnowWhichLevelItHas = noClasses()
            .that()
            .resideInAPackage("dev.berth.engine..")
            .should()
            .dependOnClassesThat(in("dev.berth.level.os.."));

    @ArchTest
    static final ArchRule onlyLinuxCallsNativeCode = noClasses()
            .that()
            .resideOutsideOfPackage("dev.berth.linux..")
            .should()
            .callMethod("java.lang.foreign.Linker", "nativeLinker");

    @ArchTest
    static final ArchRule onlyTheCommandLineEndsTheProcess = noClasses()
            .that()
            .resideOutsideOfPackage("dev.berth.cli..")
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);

    /** What only tests use may stand in for a path of the host's (MortalFiles). JUnit gives its extensions fields and parameters. */
    @ArchTest
    static final ArchRule noReflection = noClasses()
            .that()
            .haveSimpleNameNotContaining("JsonComponent")
            .and()
            .resideOutsideOfPackages("dev.berth.testing..", "dev.berth.junit..")
            .should()
            .dependOnClassesThat(in("java.lang.reflect.."));

    @ArchTest
    static final ArchRule noStaticMutableState = ArchRuleDefinition.fields()
            .that()
            .areStatic()
            .and()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should()
            .beFinal();

    @ArchTest
    static final ArchRule noCirclesBetweenModules =
            slices().matching("dev.berth.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule noGrabBags = classes()
            .should()
            .haveSimpleNameNotEndingWith("Util")
            .andShould()
            .haveSimpleNameNotEndingWith("Utils")
            .andShould()
            .haveSimpleNameNotEndingWith("Helper")
            .andShould()
            .haveSimpleNameNotEndingWith("Manager");

    /** Classes of the module import of Berth's own modules nothing but those named. */
    private static ArchRule only(String module, String... mayImport) {
        String[] allowed = new String[mayImport.length + 1];
        allowed[0] = "dev.berth." + module + "..";
        for (int i = 0; i < mayImport.length; i++) {
            allowed[i + 1] = mayImport[i].equals("level") ? "dev.berth.level" : "dev.berth." + mayImport[i] + "..";
        }
        String[] subject = module.equals("level") ? new String[] {"dev.berth.level"} : new String[] {allowed[0]};
        return noClasses()
                .that()
                .resideInAnyPackage(subject)
                .should()
                .dependOnClassesThat(berthOutside(module.equals("level") ? subject : allowed));
    }

    private static DescribedPredicate<JavaClass> berthOutside(String... packages) {
        return in("dev.berth..").and(DescribedPredicate.not(resideInAnyPackage(packages)));
    }

    private static DescribedPredicate<JavaClass> in(String... packages) {
        return resideInAnyPackage(packages);
    }
}
