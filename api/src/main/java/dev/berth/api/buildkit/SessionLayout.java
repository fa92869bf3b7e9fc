package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.BuildException;
import dev.berth.build.ImageLayout;
import dev.berth.image.oci.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An image of a layout that a session's client has, which it sends blob by blob. */
record SessionLayout(Session session, String store, Digest root) implements ImageLayout {
    private static final Pattern VALUE =
            Pattern.compile("oci-layout:(?://)?([a-zA-Z0-9._/-]+)(?::[a-zA-Z0-9._-]+)?@([a-z0-9]+:[0-9a-f]+)");

    /**
     * The layout that a named context tells.
     *
     * @param value {@code oci-layout://<store>[:<tag>]@<digest>}
     * @throws GrpcException INVALID_ARGUMENT for another one
     */
    static ImageLayout.Source of(Session session, String name, String value) throws GrpcException {
        Matcher parts = VALUE.matcher(value);
        if (!parts.matches()) {
            throw new GrpcException(
                    GrpcException.Code.INVALID_ARGUMENT,
                    "the build context " + name + " is no layout with a name and a digest: " + value);
        }
        String store = parts.group(1);
        String digest = parts.group(2);
        return _ -> new SessionLayout(session, store, Digest.parse(digest));
    }

    @Override
    public InputStream blob(Digest digest) throws IOException {
        return new NamedFailures(session.blob(store, digest), digest);
    }

    /** Says which blob it is that the client does not send. */
    private static final class NamedFailures extends FilterInputStream {
        private final Digest digest;

        NamedFailures(InputStream in, Digest digest) {
            super(in);
            this.digest = digest;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (GrpcException e) {
                throw BuildException.failed("the client does not send the blob " + digest + ": " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void close() {
        // each blob's call ends by itself
    }
}
