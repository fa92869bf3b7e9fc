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
    /** Characters that stand in for an instruction's variables: they may hold each other many times over. */
    public static final int EXPANDED_CHARS = 1 << 20;
    /** Characters of a stage's variables; the kernel takes no more than three quarters of that for a program (execve(2)). */
    public static final int ENVIRONMENT_CHARS = 8 << 20;
    /** Steps of matching an instruction's patterns, <code>${a#*b*c}</code>; a step is a character held against a state. */
    public static final int PATTERN_STEPS = 2_000_000;
    /** An image's settings as JSON: they and its history are one document, of which a reader takes twice as much. */
    public static final int SETTINGS_BYTES = 4 << 20;
    /** Of an image; Docker mounts no more. */
    public static final int LAYERS = 127;
    /** Arrays and objects within each other where an instruction has a form in JSON. */
    public static final int JSON_DEPTH = 100;
    /** Ports of one EXPOSE: all there are, of three protocols, and some. */
    public static final int EXPOSED_PORTS = 200_000;
    /** Characters of an ignore file. */
    public static final int IGNORE_FILE_CHARS = 1 << 20;
    /** Characters of one of its patterns; a path has no more. */
    public static final int IGNORE_PATTERN_CHARS = 4_096;
    /** Patterns of an ignore file. */
    public static final int IGNORE_PATTERNS = 10_000;
}
