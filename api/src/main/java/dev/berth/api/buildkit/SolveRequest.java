package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.cache.transfer.CacheOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a client wants built ({@code moby.buildkit.v1.SolveRequest}); what is not supported of it is refused when it is read.
 *
 * @param ref the client's name for this build
 * @param session of the client that has the context
 * @param frontend what knows the language; empty where the client goes on over the gateway
 * @param caches where else to look for what steps came to, and where to write that
 * @param exporter what becomes of the image; empty for nothing
 */
record SolveRequest(
        String ref,
        String session,
        String frontend,
        Map<String, String> options,
        CacheOptions caches,
        Optional<Exporter> exporter) {
    /** An exporter with its attributes. */
    record Exporter(String type, Map<String, String> attributes) {}

    private static final String INSECURE = "security.insecure";

    /** @throws GrpcException UNIMPLEMENTED for what is refused, INVALID_ARGUMENT for what is malformed */
    static SolveRequest read(byte[] message) throws GrpcException {
        MessageReader in = new MessageReader("the request for a build", message);
        String ref = "";
        String session = "";
        String frontend = "";
        String oldType = "";
        Map<String, String> oldAttributes = new LinkedHashMap<>();
        Map<String, String> options = new LinkedHashMap<>();
        CacheOptions caches = CacheOptions.NONE;
        Optional<Exporter> exporter = Optional.empty();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> ref = in.text();
                case 2 -> refuseDefinition(in.message());
                case 3 -> oldType = in.text();
                case 4 -> in.entry(oldAttributes);
                case 5 -> session = in.text();
                case 6 -> frontend = in.text();
                case 7 -> in.entry(options);
                case 8 -> caches = CacheEntries.read(in.message());
                case 9 -> refuseEntitlement(in.text());
                case 10 -> throw unsupported("frontend inputs");
                case 12 -> throw unsupported("source policies");
                case 13 -> {
                    if (exporter.isPresent()) {
                        throw unsupported("several exporters");
                    }
                    exporter = Optional.of(exporter(in.message()));
                }
                default -> {}
            }
        }
        if (exporter.isEmpty() && !oldType.isEmpty()) {
            exporter = Optional.of(new Exporter(oldType, oldAttributes));
        }
        if (ref.isEmpty()) {
            throw new GrpcException(GrpcException.Code.INVALID_ARGUMENT, "the request for a build names none (Ref)");
        }
        return new SolveRequest(ref, session, frontend, options, caches, exporter);
    }

    private static Exporter exporter(MessageReader in) throws GrpcException {
        String type = "";
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> type = in.text();
                case 2 -> in.entry(attributes);
                default -> {}
            }
        }
        return new Exporter(type, attributes);
    }

    /** One without operations is none. */
    static void refuseDefinition(MessageReader in) throws GrpcException {
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 1) {
                throw unsupported("a build from a graph of operations (LLB)");
            }
        }
    }

    private static void refuseEntitlement(String name) throws GrpcException {
        if (name.equals(INSECURE)) {
            throw unsupported("the entitlement " + INSECURE);
        }
    }

    static GrpcException unsupported(String what) {
        return new GrpcException(GrpcException.Code.UNIMPLEMENTED, what + " is not supported by Berth");
    }
}
