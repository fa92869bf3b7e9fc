package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.Builder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An image that stays here (the exporters {@code moby} and {@code image}), and may go to registries too.
 *
 * @param names that it is given
 * @param push whether it is sent to the registries that its names tell
 */
record ImageOutput(List<String> names, boolean push) {
    /** What is built is given no name. */
    static final ImageOutput NAMELESS = new ImageOutput(List.of(), false);

    ImageOutput {
        names = List.copyOf(names);
    }

    /** @throws GrpcException UNIMPLEMENTED for what is refused, INVALID_ARGUMENT for what is malformed */
    static ImageOutput of(SolveRequest.Exporter exporter) throws GrpcException {
        if (!exporter.type().equals("moby") && !exporter.type().equals("image")) {
            throw SolveRequest.unsupported("the exporter " + exporter.type());
        }
        List<String> names = new ArrayList<>();
        boolean push = false;
        for (Map.Entry<String, String> attribute : exporter.attributes().entrySet()) {
            String value = attribute.getValue();
            boolean known = true;
            switch (attribute.getKey()) {
                case "name" -> names.addAll(List.of(value.split(",")));
                case "push" -> push = flag("push", value);
                // Which of its digests the client shows; and what is done with every image here.
                case "prefer-image-digest" -> known = true;
                case "store", "unpack", "oci-mediatypes" -> known = flag(attribute.getKey(), value);
                case "push-by-digest" -> known = !flag("push-by-digest", value);
                default -> known = false;
            }
            if (!known) {
                throw SolveRequest.unsupported(
                        "the exporter's attribute " + attribute.getKey() + (value.isEmpty() ? "" : "=" + value));
            }
        }
        names.removeIf(String::isEmpty);
        if (push && names.isEmpty()) {
            throw new GrpcException(GrpcException.Code.INVALID_ARGUMENT, "tag is needed when pushing to registry");
        }
        return new ImageOutput(names, push);
    }

    private static boolean flag(String name, String value) throws GrpcException {
        return switch (value) {
            case "", "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                throw new GrpcException(
                        GrpcException.Code.INVALID_ARGUMENT,
                        "the exporter's attribute " + name + " is true or false, and not " + value);
        };
    }

    /** Sends what was built where its names say, if that is wanted. */
    void send(Session session, Builder builder, BuildTrace trace) throws IOException {
        if (!push) {
            return;
        }
        for (String name : names) {
            try (BuildTrace.Work work = trace.begin("pushing " + name)) {
                builder.push(name, session.credentials(name), trace.transfers(work));
                work.done();
            }
        }
    }
}
