package dev.berth.build;

/** Bounds on everything a build takes in. */
public final class Limits {
    private Limits() {}

    /** Characters of a Dockerfile. */
    public static final int DOCKERFILE_CHARS = 1 << 20;
    /** Instructions of a Dockerfile. */
    public static final int INSTRUCTIONS = 10_000;
    /** Documents within one instruction. */
    public static final int HEREDOCS = 1_000;
    /** Substitutions within substitutions, <code>${a:-${b:-…}}</code>. */
    public static final int EXPANSION_DEPTH = 100;
    /** Characters that one text becomes when its variables are filled in: they may hold each other many times over. */
    public static final int EXPANDED_CHARS = 1 << 20;
    /** Steps of matching the patterns of one text, <code>${a#*b*c}</code>; a step is a character held against a state. */
    public static final int PATTERN_STEPS = 5_000_000;
    /** Arrays and objects within each other where an instruction has a form in JSON. */
    public static final int JSON_DEPTH = 100;
    /** Ports of one EXPOSE: all there are, of three protocols, and some. */
    public static final int EXPOSED_PORTS = 200_000;
    /** Characters of an ignore file. */
    public static final int IGNORE_FILE_CHARS = 1 << 20;
    /** Patterns of an ignore file. */
    public static final int IGNORE_PATTERNS = 10_000;
}
