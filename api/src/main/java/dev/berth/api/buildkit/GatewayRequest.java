package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a client wants solved within its build ({@code moby.buildkit.v1.frontend.SolveRequest}).
 *
 * @param options of the Dockerfile frontend
 */
record GatewayRequest(Map<String, String> options) {
    /** @throws GrpcException UNIMPLEMENTED for what is refused, INVALID_ARGUMENT for what is malformed */
    static GatewayRequest read(byte[] message) throws GrpcException {
        MessageReader in = new MessageReader("the request to solve", message);
        String frontend = "";
        Map<String, String> options = new LinkedHashMap<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> SolveRequest.refuseDefinition(in.message());
                case 2 -> frontend = in.text();
                case 3 -> in.entry(options);
                case 12 -> throw SolveRequest.unsupported("the import of a build's cache (--cache-from)");
                case 13 -> throw SolveRequest.unsupported("a named context (--build-context)");
                case 15 -> throw SolveRequest.unsupported("source policies");
                default -> {}
            }
        }
        if (!frontend.equals(Solve.FRONTEND)) {
            throw SolveRequest.unsupported("the frontend " + frontend);
        }
        return new GatewayRequest(options);
    }

    /** What a client says of its build's end, where that is a failure. */
    static Optional<GrpcException> failure(byte[] message) throws GrpcException {
        MessageReader in = new MessageReader("what the client returns", message);
        Optional<GrpcException> failure = Optional.empty();
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == 2) {
                failure = Optional.of(status(in.message()));
            }
        }
        return failure;
    }

    private static GrpcException status(MessageReader in) throws GrpcException {
        long code = 0;
        String message = "";
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> code = in.number();
                case 2 -> message = in.text();
                default -> {}
            }
        }
        return new GrpcException(GrpcException.Code.of(String.valueOf(code)), message);
    }
}
