package dev.berth.build.java;

/**
 * How much is taken of an application that comes from a stranger.
 *
 * @param entries files of all its jars together
 * @param bytes of all files together, unpacked
 * @param manifestBytes of a jar's manifest, or of an index beside it
 * @param directoryBytes of a zip's directory of names, which is read into memory as a whole
 * @param classBytes of a class file that is looked into
 * @param libraries jars on the class path
 */
record JavaLimits(int entries, long bytes, int manifestBytes, int directoryBytes, int classBytes, int libraries) {
    static final JavaLimits DEFAULT = new JavaLimits(500_000, 8L << 30, 1 << 20, 64 << 20, 16 << 20, 10_000);
}
