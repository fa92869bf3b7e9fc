package dev.berth.level;

/**
 * An operating system and processor architecture by their names in the OCI image specification ({@code linux},
 * {@code arm64}); the variant is empty where there is none.
 */
public record Platform(String os, String architecture, String variant) {
    /** The platform of this JVM's host. */
    public static Platform host() {
        String architecture = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case String other -> other;
        };
        return new Platform("linux", architecture, "");
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
