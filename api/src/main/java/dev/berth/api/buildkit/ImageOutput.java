package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.Builder;
import dev.berth.image.oci.Annotations;
import dev.berth.image.oci.Digest;
import dev.berth.image.registry.TransferEvent;
import dev.berth.image.registry.TransferListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image that stays here (the exporters {@code moby} and {@code image}), and may go to registries too.
 *
 * @param names that it is given
 * @param push whether it is sent to the registries that its names tell
 * @param annotations what is noted in the documents that registries get
 */
record ImageOutput(List<String> names, boolean push, Annotations annotations) {
    /** What is built is given no name. */
    static final ImageOutput NAMELESS = new ImageOutput(List.of(), false, Annotations.NONE);

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
                default -> known = Annotations.isAttribute(attribute.getKey());
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
        Annotations annotations = ClientOutput.annotations(exporter.attributes());
        if (!push && !annotations.isEmpty()) {
            throw SolveRequest.unsupported(
                    "an annotation of an image that is not pushed: an image that stays here has none; it");
        }
        return new ImageOutput(names, push, annotations);
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

    /**
     * Sends what was built where its names say, if that is wanted.
     *
     * @return by what registries know it
     */
    Optional<Digest> send(Session session, Builder builder, BuildTrace trace) throws IOException {
        Optional<Digest> pushed = Optional.empty();
        if (!push) {
            return pushed;
        }
        for (String name : names) {
            try (BuildTrace.Work work = trace.begin("pushing " + name)) {
                Pushed told = new Pushed(trace.transfers(work));
                builder.push(name, session.credentials(name), annotations, told);
                pushed = told.digest;
                work.done();
            }
        }
        return pushed;
    }

    /** Hears what is told of a push, and keeps what it came to. */
    private static final class Pushed implements TransferListener {
        private final TransferListener shown;
        private volatile Optional<Digest> digest = Optional.empty();

        Pushed(TransferListener shown) {
            this.shown = shown;
        }

        @Override
        public void event(TransferEvent event) {
            if (event instanceof TransferEvent.Pushed pushed) {
                digest = Optional.of(pushed.digest());
            }
            shown.event(event);
        }
    }
}
