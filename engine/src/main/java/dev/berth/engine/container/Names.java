package dev.berth.engine.container;

import dev.berth.engine.config.Limits;
import dev.berth.engine.error.EngineException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Containers' names: which there may be, and new ones for those that were given none. */
final class Names {
    private static final Pattern VALID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

    private static final List<String> MOODS = List.of(
            "able",
            "agile",
            "airy",
            "amber",
            "apt",
            "ardent",
            "autumn",
            "awake",
            "balmy",
            "bold",
            "breezy",
            "bright",
            "brisk",
            "calm",
            "candid",
            "careful",
            "cheery",
            "civil",
            "clear",
            "clever",
            "coastal",
            "coral",
            "cosy",
            "daring",
            "deft",
            "eager",
            "early",
            "easy",
            "even",
            "fair",
            "fleet",
            "fluent",
            "fond",
            "frank",
            "fresh",
            "gallant",
            "gentle",
            "glad",
            "golden",
            "grand",
            "hardy",
            "hearty",
            "honest",
            "humble",
            "jolly",
            "keen",
            "kind",
            "lively",
            "loyal",
            "lucid",
            "mellow",
            "merry",
            "mild",
            "modest",
            "neat",
            "nimble",
            "noble",
            "patient",
            "placid",
            "plucky",
            "polite",
            "proud",
            "prudent",
            "quick",
            "quiet",
            "rapid",
            "ready",
            "robust",
            "rosy",
            "serene",
            "sharp",
            "silent",
            "sincere",
            "sober",
            "solid",
            "spry",
            "steady",
            "sturdy",
            "sunny",
            "swift",
            "tidy",
            "tranquil",
            "trusty",
            "upbeat",
            "vivid",
            "warm",
            "wise",
            "witty",
            "zesty");

    /** People who went to sea, or made that safer. */
    private static final List<String> SURNAMES = List.of(
            "amundsen",
            "anning",
            "barents",
            "baret",
            "beaufort",
            "bering",
            "bonny",
            "bougainville",
            "bowditch",
            "cabot",
            "cartier",
            "columbus",
            "cook",
            "coxinga",
            "cousteau",
            "dampier",
            "darling",
            "davis",
            "dias",
            "drake",
            "earhart",
            "elcano",
            "erikson",
            "fitzroy",
            "flinders",
            "franklin",
            "frobisher",
            "galvez",
            "gama",
            "grace",
            "halley",
            "harrison",
            "hawkins",
            "heyerdahl",
            "hudson",
            "hygelac",
            "ibnmajid",
            "irving",
            "jansz",
            "jones",
            "kotzebue",
            "kupe",
            "laperouse",
            "lecky",
            "lisle",
            "lovell",
            "magellan",
            "malaspina",
            "marin",
            "maury",
            "mercator",
            "nansen",
            "nelson",
            "nordenskiold",
            "ohthere",
            "orellana",
            "parry",
            "pytheas",
            "quiros",
            "raleigh",
            "ross",
            "scoresby",
            "selkirk",
            "shackleton",
            "slocum",
            "stevenson",
            "tabarly",
            "tasman",
            "torres",
            "tupaia",
            "urdaneta",
            "vancouver",
            "verne",
            "vespucci",
            "villiers",
            "wallis",
            "wilkes",
            "worsley",
            "xuanzang",
            "yermak",
            "zhenghe");

    private Names() {}

    /**
     * The name without the slash that Docker's clients may put before it.
     *
     * @throws EngineException INVALID where it is none
     */
    static String check(String name) {
        String bare = name.startsWith("/") ? name.substring(1) : name;
        if (bare.length() > Limits.NAME_CHARS) {
            throw EngineException.invalid("Invalid container name: it has " + bare.length() + " characters; at most "
                    + Limits.NAME_CHARS + " are allowed");
        }
        if (!VALID.matcher(bare).matches()) {
            throw EngineException.invalid(
                    "Invalid container name (" + bare + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }
        return bare;
    }

    /** A new name, which may be in use already: the later the attempt (from zero), the less likely. */
    static String generate(int attempt) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String name = MOODS.get(random.nextInt(MOODS.size())) + "_" + SURNAMES.get(random.nextInt(SURNAMES.size()));
        return attempt < 3 ? name : name + random.nextInt(10 << Math.min(attempt, 20));
    }
}
