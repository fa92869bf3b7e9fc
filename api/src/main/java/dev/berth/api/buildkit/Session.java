package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.api.grpc.GrpcClient;
import dev.berth.api.grpc.GrpcException;
import dev.berth.build.BuildException;
import dev.berth.build.SshAgents;
import dev.berth.image.oci.Digest;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A client that serves its files, secrets and passwords to the build that it asks for. Safe for many threads. */
public final class Session {
    private static final String HUB_HOST = "registry-1.docker.io";

    static final String UPLOAD_HOST = "buildkit-session";
    private static final String SSH = "moby.sshforward.v1.SSH/";
    private static final String AGENT_ID = "buildkit.ssh.id";

    private final GrpcClient client;
    private final String sharedKey;

    /** @param sharedKey by which the client knows again what it builds; empty where it does not say */
    Session(GrpcClient client, String sharedKey) {
        this.client = client;
        this.sharedKey = sharedKey;
    }

    /** By what a directory of the client's is known again in its next build; empty where it is not. */
    Optional<String> key(String directory, String hint) {
        return sharedKey.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join("\n", "session", sharedKey, directory, hint));
    }

    /**
     * Begins to receive a directory; the caller closes the call.
     *
     * @param name {@code context} or {@code dockerfile}
     * @param include patterns of what is wanted; none for everything
     * @param exclude patterns of an ignore file
     */
    GrpcCall files(String name, List<String> include, List<String> exclude) throws IOException {
        Map<String, List<String>> metadata = new LinkedHashMap<>();
        metadata.put("dir-name", List.of(name));
        metadata.put("include-patterns", include);
        metadata.put("exclude-patterns", exclude);
        return client.call("moby.filesync.v1.FileSync/DiffCopy", metadata);
    }

    /**
     * What the client sends for an address of its own ({@code http://buildkit-session/…}); to be closed.
     *
     * @param path of the address
     */
    InputStream upload(String path) throws IOException {
        return new MessageStream(client.call(
                "moby.upload.v1.Upload/Pull", Map.of("urlpath", List.of(path), "urlhost", List.of(UPLOAD_HOST))));
    }

    /**
     * What is in a blob of a layout that the client has (containerd's content service); to be closed.
     *
     * @param store by which the client calls the layout
     */
    InputStream blob(String store, Digest digest) throws IOException {
        GrpcCall call = client.call(
                "containerd.services.content.v1.Content/Read",
                Map.of("buildkit-attachable-store-id", List.of("oci:" + store)));
        try {
            call.sendLast(new MessageWriter().text(1, digest.toString()).toBytes());
            return new MessageStream(call, 2);
        } catch (IOException | RuntimeException e) {
            call.close();
            throw e;
        }
    }

    /** Begins to send the client what was built; the caller closes the call. */
    GrpcCall output() throws IOException {
        return client.call(
                "moby.filesync.v1.FileSend/DiffCopy", Map.of("buildkit-attachable-exporter-id", List.of("0")));
    }

    /** The client's SSH agents; it has one by this id or it has not. */
    public SshAgents agents() {
        return id -> {
            try {
                client.call(SSH + "CheckAgent", new MessageWriter().text(1, id).toBytes());
            } catch (GrpcException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw BuildException.failed("asking the client for its SSH agent " + id + ": " + e.getMessage(), e);
            }
            return Optional.of(
                    () -> new SessionAgent(client.call(SSH + "ForwardAgent", Map.of(AGENT_ID, List.of(id)))));
        };
    }

    /** A secret that the client was given for this build, where it was. */
    public Optional<byte[]> secret(String id) throws IOException {
        try {
            byte[] answer = client.call(
                    "moby.buildkit.secrets.v1.Secrets/GetSecret",
                    new MessageWriter().text(1, id).toBytes());
            MessageReader in = new MessageReader("what the client answers about a secret", answer);
            byte[] value = {};
            for (int field = in.next(); field != 0; field = in.next()) {
                value = field == 1 ? in.bytes() : value;
            }
            return Optional.of(value);
        } catch (GrpcException e) {
            if (e.code() == GrpcException.Code.NOT_FOUND || e.code() == GrpcException.Code.UNIMPLEMENTED) {
                return Optional.empty();
            }
            throw new IOException("asking the client for the secret " + id + ": " + e.getMessage(), e);
        }
    }

    /**
     * Who the client is to the registry of an image.
     *
     * @throws BuildException FAILED where the client does not say
     */
    public Credentials credentials(String image) {
        String host = image;
        try {
            String domain = Reference.parse(image).domain();
            host = domain.equals(Reference.DOCKER_HUB) ? HUB_HOST : domain;
            byte[] answer = client.call(
                    "moby.filesync.v1.Auth/Credentials",
                    new MessageWriter().text(1, host).toBytes());
            MessageReader in = new MessageReader("what the client answers about a registry", answer);
            String user = "";
            String secret = "";
            for (int field = in.next(); field != 0; field = in.next()) {
                switch (field) {
                    case 1 -> user = in.text();
                    case 2 -> secret = in.text();
                    default -> {}
                }
            }
            if (secret.isEmpty()) {
                return Credentials.ANONYMOUS;
            }
            return user.isEmpty() ? new Credentials.IdentityToken(secret) : new Credentials.Basic(user, secret);
        } catch (GrpcException e) {
            if (e.code() == GrpcException.Code.UNIMPLEMENTED) {
                return Credentials.ANONYMOUS;
            }
            throw BuildException.failed("asking the client for its password for " + host + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw BuildException.failed("asking the client for its password for " + host + ": " + e.getMessage(), e);
        }
    }

    /** Ends it. */
    public void close() {
        client.close();
    }
}
