package dev.berth.maven;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthException;
import dev.berth.embedded.BerthOptions;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.execution.MavenExecutionRequest;
import org.apache.maven.plugin.logging.Log;

/**
 * The engine of a Maven session, which all goals and all of its projects share: started by the first that needs it, closed when
 * the session is over, also where the build fails between {@code start} and {@code stop}. A build that is killed runs its
 * JVM's shutdown hooks, which end the engine, or leaves it to the next engine.
 */
final class SessionEngine {
    private final Berth berth;
    private final List<RunningServices> services = new ArrayList<>(); // guarded by this

    private SessionEngine(Berth berth) {
        this.berth = berth;
    }

    /** The session's; it is kept with what Maven was asked for, once for each loading of this plugin. */
    static SessionEngine of(Build build) {
        MavenExecutionRequest request = build.session().getRequest();
        synchronized (request) {
            String key = "dev.berth.engine-" + System.identityHashCode(SessionEngine.class);
            if (request.getData().get(key) instanceof SessionEngine running) {
                return running;
            }
            BerthOptions options = build.cache() == null
                    ? BerthOptions.DEFAULT
                    : BerthOptions.DEFAULT.withCache(build.cache().toPath());
            SessionEngine engine = new SessionEngine(Berth.start(options));
            request.getData().put(key, engine);
            request.setExecutionListener(
                    new EndOfSession(request.getExecutionListener(), () -> engine.end(build.log())));
            return engine;
        }
    }

    Berth berth() {
        return berth;
    }

    /** Keeps what was started, until it is taken. */
    synchronized void keep(RunningServices started) {
        services.add(started);
    }

    /** Gives away what was started for a project, the last first. */
    synchronized List<RunningServices> take(File project) {
        List<RunningServices> taken = new ArrayList<>();
        for (RunningServices one : services) {
            if (one.project().equals(project)) {
                taken.add(0, one);
            }
        }
        services.removeAll(taken);
        return taken;
    }

    /** Ends the engine; what services have printed that nobody has stopped is written down. */
    private synchronized void end(Log log) {
        try {
            try {
                for (RunningServices left : services) {
                    left.writeLogs();
                    log.warn("Services were still at work and are ended; what they have printed is in " + left.logs());
                }
            } finally {
                berth.close();
            }
        } catch (BerthException | IOException e) {
            log.warn("ending services failed: " + e.getMessage());
        }
    }
}
