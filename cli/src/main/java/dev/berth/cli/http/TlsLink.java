package dev.berth.cli.http;

import dev.berth.cli.CliException;
import dev.berth.cli.endpoint.Endpoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A connection secured by TLS, with certificates in files as Docker has them. */
final class TlsLink implements Connection.Link {
    private static final char[] NO_PASSWORD = {};

    private final SSLSocket socket;
    private final InputStream in;
    private final OutputStream out;

    private TlsLink(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    static TlsLink open(Endpoint endpoint) throws IOException {
        Endpoint.Tls tls = endpoint.tls().orElseThrow();
        if (endpoint.isUnix()) {
            throw new CliException(
                    "TLS is for tcp://host:port; a Unix socket has its file's permissions: leave --tls away");
        }
        SSLContext context = context(tls);
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(endpoint.name(), endpoint.port()));
            SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, endpoint.name(), endpoint.port(), true);
            if (tls.verify()) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            socket.startHandshake();
            return new TlsLink(socket);
        } catch (SSLException e) {
            plain.close();
            throw new CliException("error during connect: TLS with " + endpoint.host() + " failed: " + e.getMessage());
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static SSLContext context(Endpoint.Tls tls) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(ourselves(tls), trusted(tls), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new CliException("reading the files for TLS failed: " + e.getMessage());
        }
    }

    private static KeyManager @Nullable [] ourselves(Endpoint.Tls tls) throws IOException, GeneralSecurityException {
        if (tls.certificate().isEmpty() || tls.key().isEmpty()) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "client",
                PrivateKeyFile.read(tls.key().get()),
                NO_PASSWORD,
                certificates(tls.certificate().get()));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static TrustManager @Nullable [] trusted(Endpoint.Tls tls) throws IOException, GeneralSecurityException {
        if (!tls.verify()) {
            return new TrustManager[] {new AnyCertificate()};
        }
        Optional<Path> authority = tls.authority();
        if (authority.isEmpty()) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : certificates(authority.get())) {
            store.setCertificateEntry("authority" + number++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static Certificate[] certificates(Path file) throws IOException, GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
                .toArray(new Certificate[0]);
    }

    @Override
    public InputStream input() {
        return in;
    }

    @Override
    public OutputStream output() {
        return out;
    }

    @Override
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
