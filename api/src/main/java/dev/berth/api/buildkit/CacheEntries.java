package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.BuildException;
import dev.berth.build.cache.transfer.CacheAttributes;
import dev.berth.build.cache.transfer.CacheOptions;
import dev.berth.build.cache.transfer.CacheSource;
import dev.berth.build.cache.transfer.CacheTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The caches that a client names for its build ({@code moby.buildkit.v1.CacheOptions}): those in registries and in the image
 * itself. Folders are on the client's side, and others are elsewhere: they are refused.
 */
final class CacheEntries {
    private static final String EXPORT = "the export of a build's cache (--cache-to)";
    private static final String IMPORT = "the import of a build's cache (--cache-from)";

    private CacheEntries() {}

    /** @throws GrpcException UNIMPLEMENTED for what is refused, INVALID_ARGUMENT for what is malformed */
    static CacheOptions read(MessageReader in) throws GrpcException {
        List<CacheSource> from = new ArrayList<>();
        List<CacheTarget> to = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1, 3 -> throw SolveRequest.unsupported(EXPORT + " as clients of 2018 ask for it");
                case 2 -> from.add(source(Map.of("type", "registry", "ref", in.text())));
                case 4 -> to.add(target(entry(in.message())));
                case 5 -> from.add(source(entry(in.message())));
                default -> {}
            }
        }
        return new CacheOptions(from, to);
    }

    private static Map<String, String> entry(MessageReader in) throws GrpcException {
        String type = "";
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> type = in.text();
                case 2 -> in.entry(attributes);
                default -> {}
            }
        }
        attributes.put("type", type);
        return attributes;
    }

    private static CacheSource source(Map<String, String> attributes) throws GrpcException {
        refuse(IMPORT, attributes, List.of("registry"));
        try {
            return CacheSource.of(CacheAttributes.of(attributes), CacheEntries::noFolder);
        } catch (BuildException e) {
            throw new GrpcException(GrpcException.Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }

    private static CacheTarget target(Map<String, String> attributes) throws GrpcException {
        refuse(EXPORT, attributes, List.of("registry", "inline"));
        try {
            return CacheTarget.of(CacheAttributes.of(attributes), CacheEntries::noFolder);
        } catch (BuildException e) {
            throw new GrpcException(GrpcException.Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }

    private static void refuse(String what, Map<String, String> attributes, List<String> known) throws GrpcException {
        String type = attributes.getOrDefault("type", "");
        if (!known.contains(type)) {
            throw SolveRequest.unsupported(what + " of the type \"" + type + "\"");
        }
    }

    private static Path noFolder(String id) {
        throw BuildException.invalid("there is no folder with a build cache of the id " + id);
    }
}
