package dev.berth.testcontainers;

import dev.berth.embedded.BerthException;
import dev.berth.embedded.BerthProcess;
import java.net.URI;
import java.util.Optional;
import java.util.Properties;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.InvalidConfigurationException;
import org.testcontainers.dockerclient.TransportConfig;
import org.testcontainers.utility.TestcontainersConfiguration;

/**
 * Gives Testcontainers an engine in a JVM beside this one; Testcontainers finds it by its service loader. The engine is started
 * when it is chosen, once, and ends with this JVM, also after a kill -9: that, and no reaper, is what removes the containers.
 */
public final class BerthClientProviderStrategy extends DockerClientProviderStrategy {
    /** What Testcontainers has found here at an earlier time, and would try before all others. */
    private static final String REMEMBERED = "docker.client.strategy";

    private static final String REAPER_IMAGE = "ryuk.container.image";

    /** Testcontainers tries whether files can be mounted, with an image from Docker Hub. They can. */
    private static final String NO_CHECKS = "checks.disable";

    /** Testcontainers' own variable, for who knows better. */
    private static final String HOST_OVERRIDE = "TESTCONTAINERS_HOST_OVERRIDE";

    private Optional<BerthProcess> engine = Optional.empty();

    /** For the service loader. */
    public BerthClientProviderStrategy() {
        if (Mode.word().equals("always")) {
            TestcontainersConfiguration.getInstance().getUserProperties().remove(REMEMBERED); // in memory alone
        }
    }

    /** @throws IllegalArgumentException for a mode that does not exist */
    @Override
    protected boolean isApplicable() {
        return Mode.configured() != Mode.OFF && System.getProperty("os.name").equals("Linux");
    }

    /** Before the usual sockets, or after all others. */
    @Override
    protected int getPriority() {
        return Mode.configured() == Mode.ALWAYS ? Integer.MAX_VALUE : Integer.MIN_VALUE;
    }

    /** What ends with this JVM is nothing to be remembered for others. */
    @Override
    protected boolean isPersistable() {
        return false;
    }

    @Override
    public String getDescription() {
        return "Berth, in a JVM beside this one (" + engine().socket() + ")";
    }

    @Override
    public TransportConfig getTransportConfig() {
        try {
            return TransportConfig.builder()
                    .dockerHost(URI.create("unix://" + engine().socket()))
                    .build();
        } catch (BerthException e) {
            throw new InvalidConfigurationException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Where published ports are: here, as the engine is on this host also where the host is itself a container. There
     * Testcontainers would take the gateway of the bridge, which an ordinary user's network namespace hides.
     */
    @Override
    public synchronized String getDockerHostIpAddress() {
        String said = System.getenv(HOST_OVERRIDE);
        return said == null || said.isBlank() ? "localhost" : said;
    }

    private synchronized BerthProcess engine() {
        if (engine.isEmpty()) {
            BerthProcess started = BerthProcess.start(EngineProgram.class);
            Properties inMemory = TestcontainersConfiguration.getInstance().getUserProperties();
            inMemory.setProperty(REAPER_IMAGE, ReaperImage.NAME);
            inMemory.setProperty(NO_CHECKS, "true");
            engine = Optional.of(started);
        }
        return engine.get();
    }
}
