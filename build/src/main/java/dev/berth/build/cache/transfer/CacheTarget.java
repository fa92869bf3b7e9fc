package dev.berth.build.cache.transfer;

import dev.berth.build.BuildException;
import dev.berth.image.layer.Compression;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/** Where a build writes what its steps came to. */
public sealed interface CacheTarget {
    /** Whose steps. */
    enum Mode {
        /** Those of the stages that the result is made of. */
        MIN,
        /** Those of all stages. */
        MAX
    }

    /**
     * How it is written.
     *
     * @param ignoreErrors whether the build goes well although this does not
     */
    record Manner(Mode mode, Compression compression, OptionalInt level, boolean ignoreErrors) {
        /** As Docker has it: the result's stages, compressed by gzip. */
        public static final Manner USUAL = new Manner(Mode.MIN, Compression.GZIP, OptionalInt.empty(), false);
    }

    record Registry(String reference, Manner manner) implements CacheTarget {}

    /** @param tag under which it is in the folder, which may have others */
    record Folder(Path directory, String tag, Manner manner) implements CacheTarget {}

    /** The image itself has it, of the stages that it is made of, and whoever pushes the image pushes the cache. */
    record Inline() implements CacheTarget {}

    private static Set<String> and(String... more) {
        Set<String> names = new HashSet<>(List.of(
                "type",
                "mode",
                "compression",
                "compression-level",
                "force-compression",
                "oci-mediatypes",
                "image-manifest",
                "ignore-error"));
        names.addAll(List.of(more));
        return names;
    }

    /**
     * Understands {@code type=registry,ref=…}, {@code type=local,id=…} and {@code type=inline}.
     *
     * @param folders where a folder is that is called by an id
     * @throws BuildException INVALID
     */
    static CacheTarget of(CacheAttributes attributes, Function<String, Path> folders) {
        return switch (attributes.type()) {
            case "registry" -> {
                attributes.only(and("ref"));
                yield new Registry(CacheSource.reference(attributes), manner(attributes));
            }
            case "local" -> {
                attributes.only(and("id", "tag"));
                yield new Folder(
                        folders.apply(attributes.required("id")),
                        attributes.get("tag").orElse(CacheSource.USUAL_TAG),
                        manner(attributes));
            }
            case "inline" -> {
                attributes.only(Set.of("type"));
                yield new Inline();
            }
            default -> throw attributes.wrong("type", "is none that is written: registry, local and inline are");
        };
    }

    private static Manner manner(CacheAttributes attributes) {
        Mode mode = switch (attributes.get("mode").orElse("min")) {
            case "min" -> Mode.MIN;
            case "max" -> Mode.MAX;
            default -> throw attributes.wrong("mode", "is neither min nor max");
        };
        for (String only : List.of("oci-mediatypes", "image-manifest")) {
            if (attributes.get(only).isPresent() && !attributes.flag(only)) {
                throw attributes.wrong(only, "is not possible: it is always a manifest of OCI's");
            }
        }
        if (attributes.flag("force-compression")) {
            throw attributes.wrong(
                    "force-compression", "is not possible: a layer that came compressed is passed on so");
        }
        return new Manner(mode, compression(attributes), level(attributes), attributes.flag("ignore-error"));
    }

    private static Compression compression(CacheAttributes attributes) {
        return switch (attributes.get("compression").orElse("gzip").toLowerCase(Locale.ROOT)) {
            case "gzip" -> Compression.GZIP;
            case "zstd" -> Compression.ZSTD;
            case "uncompressed" -> Compression.NONE;
            default -> throw attributes.wrong("compression", "is none of gzip, zstd and uncompressed");
        };
    }

    private static OptionalInt level(CacheAttributes attributes) {
        if (attributes.get("compression-level").isEmpty()) {
            return OptionalInt.empty();
        }
        int most = compression(attributes) == Compression.ZSTD ? 22 : 9;
        try {
            int level = Integer.parseInt(attributes.get("compression-level").get());
            if (level >= 0 && level <= most) {
                return OptionalInt.of(level);
            }
        } catch (NumberFormatException e) {
            throw attributes.wrong("compression-level", "is not a number");
        }
        throw attributes.wrong("compression-level", "is not between 0 and " + most);
    }
}
