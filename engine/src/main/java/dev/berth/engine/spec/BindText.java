package dev.berth.engine.spec;

import dev.berth.engine.error.EngineException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A bind as {@code --volume} writes it: {@code [source:]target[:mode]}.
 *
 * @param whole as it was given
 * @param source a path of the host or a volume's name; empty for an anonymous volume
 * @param mode as it was given
 * @param propagation where the mode names one
 * @param noCopy where the mode says it
 */
record BindText(
        String whole,
        String source,
        String target,
        String mode,
        boolean readOnly,
        Optional<String> propagation,
        Optional<Boolean> noCopy) {
    private static final int MOST_PARTS = 3;
    private static final Set<String> ACCESS = Set.of("ro", "rw");
    /** Labels of SELinux, and caches of other hosts. */
    private static final List<Set<String>> WITHOUT_MEANING =
            List.of(Set.of("z", "Z"), Set.of("consistent", "cached", "delegated"));

    /** @throws EngineException INVALID, in Docker's words */
    static BindText parse(String whole) {
        String[] parts = whole.split(":", -1);
        if (parts.length > MOST_PARTS || parts[0].isEmpty()) {
            throw invalid(whole);
        }
        return switch (parts.length) {
            case 1 -> of(whole, "", parts[0], "");
            case 2 -> {
                if (parts[1].isEmpty() || Mode.parse(parts[1]).isPresent()) {
                    throw invalid(whole); // a target and a mode: an anonymous volume has none
                }
                yield of(whole, parts[0], parts[1], "");
            }
            default -> of(whole, parts[0], parts[1], parts[2]);
        };
    }

    private static BindText of(String whole, String source, String target, String mode) {
        if (target.isEmpty()) {
            throw invalid(whole);
        }
        Mode parsed = Mode.parse(mode).orElseThrow(() -> EngineException.invalid("invalid mode: " + mode));
        return new BindText(whole, source, target, mode, parsed.readOnly(), parsed.propagation(), parsed.noCopy());
    }

    /** Whether it is a volume and not a path of the host. */
    boolean isVolume() {
        return !source.startsWith("/");
    }

    EngineException invalid(String type, String problem) {
        return EngineException.invalid("invalid volume specification: '" + whole + "': invalid mount config for type \""
                + type + "\": " + problem);
    }

    private static EngineException invalid(String whole) {
        return EngineException.invalid("invalid volume specification: '" + whole + "'");
    }

    /** What a mode says; of each kind of word it has at most one. */
    private record Mode(boolean readOnly, Optional<String> propagation, Optional<Boolean> noCopy) {
        static Optional<Mode> parse(String text) {
            boolean readOnly = false;
            Optional<String> propagation = Optional.empty();
            Optional<Boolean> noCopy = Optional.empty();
            Set<Object> kinds = new HashSet<>();
            for (String word : text.isEmpty() ? List.<String>of() : List.of(text.split(",", -1))) {
                Object kind;
                if (ACCESS.contains(word)) {
                    readOnly = word.equals("ro");
                    kind = ACCESS;
                } else if (MountPlan.PROPAGATIONS.contains(word)) {
                    propagation = Optional.of(word);
                    kind = MountPlan.PROPAGATIONS;
                } else if (word.equals("nocopy")) {
                    noCopy = Optional.of(true);
                    kind = word;
                } else {
                    Optional<Set<String>> other = WITHOUT_MEANING.stream()
                            .filter(words -> words.contains(word))
                            .findFirst();
                    if (other.isEmpty()) {
                        return Optional.empty();
                    }
                    kind = other.get();
                }
                if (!kinds.add(kind)) {
                    return Optional.empty();
                }
            }
            return Optional.of(new Mode(readOnly, propagation, noCopy));
        }
    }
}
