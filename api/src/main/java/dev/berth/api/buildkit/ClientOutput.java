package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcException;
import dev.berth.build.Builder;
import dev.berth.build.output.BuildResult;
import dev.berth.build.run.OpenImage;
import dev.berth.image.Image;
import dev.berth.image.oci.Annotations;
import dev.berth.image.oci.ImageException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the client wants what was built, if not here: its files in a folder of the client's or as an archive, or the image as an
 * archive.
 *
 * @param names that the image has in its archive
 * @param apart whether the files of several platforms come in a directory each
 * @param annotations what is noted in the documents of an image
 */
public record ClientOutput(Form form, List<String> names, boolean apart, Annotations annotations) {
    private static final int BUFFER_BYTES = 128 << 10;

    /** What comes to the client. */
    public enum Form {
        LOCAL,
        TAR,
        OCI,
        DOCKER
    }

    public ClientOutput {
        names = List.copyOf(names);
    }

    /** Whether an exporter is one of these. */
    public static boolean isAskedFor(String type) {
        return List.of("local", "tar", "oci", "docker").contains(type);
    }

    /**
     * An exporter of these.
     *
     * @throws GrpcException UNIMPLEMENTED for attributes that are not known, INVALID_ARGUMENT for those that make no sense
     */
    public static ClientOutput of(String type, Map<String, String> attributes) throws GrpcException {
        Form form = Form.valueOf(type.toUpperCase(Locale.ROOT));
        boolean ofFiles = form == Form.LOCAL || form == Form.TAR;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            String value = attribute.getValue();
            boolean known = switch (attribute.getKey()) {
                case "dest" -> true; // where the client puts it
                case "name" -> !ofFiles;
                case "tar" -> !ofFiles && value.equals("true");
                case "platform-split" -> ofFiles && List.of("true", "false").contains(value);
                default -> !ofFiles && Annotations.isAttribute(attribute.getKey());
            };
            if (!known) {
                throw SolveRequest.unsupported(
                        "the attribute " + attribute.getKey() + "=" + value + " of the exporter " + type);
            }
        }
        String name = attributes.getOrDefault("name", "");
        boolean apart = !attributes.getOrDefault("platform-split", "true").equals("false");
        return new ClientOutput(
                form, name.isEmpty() ? List.of() : List.of(name.split(",")), apart, annotations(attributes));
    }

    /** What an exporter's attributes say is to be noted. */
    static Annotations annotations(Map<String, String> attributes) throws GrpcException {
        try {
            return Annotations.read(attributes);
        } catch (ImageException e) {
            throw new GrpcException(GrpcException.Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }

    /** Whether it is an image that comes, and not its files. */
    boolean isImage() {
        return form == Form.OCI || form == Form.DOCKER;
    }

    /**
     * Sends it.
     *
     * @param trace which knows what was built
     * @throws IOException where the client does not take it
     */
    public void send(Session session, Builder builder, BuildTrace trace) throws IOException {
        BuildResult result = trace.result().orElseThrow();
        List<Image> images = result.images();
        if (!isImage() && !result.attestations().isEmpty()) {
            throw SolveRequest.unsupported("an attestation of files that are sent to the client");
        }
        boolean directories = apart && images.size() > 1;
        String what = form == Form.LOCAL ? "exporting to client directory" : "exporting to client tarball";
        try (BuildTrace.Work work = trace.begin(what)) {
            switch (form) {
                case LOCAL -> {
                    for (Image image : images) {
                        String place = image.config().platform().toString().replace('/', '_');
                        try (GrpcCall call = session.output();
                                OpenImage open = builder.files(image)) {
                            new FileSender(call, open.files(), directories ? place : "")
                                    .send(bytes -> work.moved("copying files", bytes));
                        }
                    }
                }
                case TAR -> archive(session, out -> builder.writeFiles(images, directories, out));
                case OCI, DOCKER ->
                    archive(session, out -> builder.writeArchive(result.all(), names, annotations, out));
            }
            work.done();
        }
    }

    private interface Writing {
        void to(OutputStream out) throws IOException;
    }

    private static void archive(Session session, Writing writing) throws IOException {
        try (GrpcCall call = session.output()) {
            OutputStream out = new BufferedOutputStream(new MessageOutput(call), BUFFER_BYTES);
            writing.to(out);
            out.flush();
            call.sendLast(new byte[0]);
            if (call.receive().isPresent()) {
                throw new GrpcException(
                        GrpcException.Code.INTERNAL, "the client answers an archive with something else");
            }
        }
    }
}
