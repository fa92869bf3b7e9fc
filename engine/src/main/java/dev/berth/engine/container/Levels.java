package dev.berth.engine.container;

import dev.berth.engine.error.EngineException;
import dev.berth.level.Level;
import dev.berth.level.LevelException;
import dev.berth.level.LevelProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The levels of virtualization, each made when it is first needed. */
public final class Levels implements AutoCloseable {
    private final Map<String, LevelProvider> providers = new LinkedHashMap<>();
    private final Map<String, Level> made = new LinkedHashMap<>();
    private final String defaultName;
    private final Path execRoot;
    private boolean recovered;

    public Levels(List<LevelProvider> providers, String defaultName, Path execRoot) {
        providers.forEach(provider -> this.providers.put(provider.name(), provider));
        this.defaultName = defaultName;
        this.execRoot = execRoot;
    }

    /** The names, the default first. */
    public List<String> names() {
        List<String> names = new ArrayList<>(providers.keySet());
        if (names.remove(defaultName)) {
            names.addFirst(defaultName);
        }
        return List.copyOf(names);
    }

    /**
     * A level, of which a name of nothing means the default.
     *
     * @throws EngineException INVALID where there is none, UNSUPPORTED where the host lacks what it needs
     */
    synchronized Level get(String wanted) {
        String name = wanted.isEmpty() ? defaultName : wanted;
        Level level = made.get(name);
        if (level == null) {
            LevelProvider provider = providers.get(name);
            if (provider == null) {
                throw EngineException.invalid("there is no level \"" + name + "\": there are "
                        + (providers.isEmpty() ? "none" : String.join(", ", names())));
            }
            try {
                level = provider.create(execRoot);
            } catch (LevelException e) {
                throw LevelFailures.translate(e);
            }
            made.put(name, level);
            if (recovered) {
                sweep(level);
            }
        }
        return level;
    }

    /** The levels made so far. */
    synchronized List<Level> made() {
        return List.copyOf(made.values());
    }

    /** What an engine before has left and is still wanted is taken up: from now on the rest is swept away. */
    synchronized void recovered() {
        recovered = true;
        made.values().forEach(Levels::sweep);
    }

    /** Makes all that this host can have, so that what an engine before has left is swept away now. */
    public synchronized void makeAll() {
        for (String name : providers.keySet()) {
            try {
                get(name);
            } catch (EngineException e) {
                if (e.kind() != EngineException.Kind.UNSUPPORTED) { // such a level has left nothing
                    throw e;
                }
            }
        }
    }

    private static void sweep(Level level) {
        try {
            level.sweep();
        } catch (LevelException e) {
            throw LevelFailures.translate(e);
        }
    }

    /** The name of the level that a name stands for, without making it. */
    String resolve(String wanted) {
        return wanted.isEmpty() ? defaultName : wanted;
    }

    @Override
    public synchronized void close() {
        made.values().forEach(Level::close);
        made.clear();
    }
}
