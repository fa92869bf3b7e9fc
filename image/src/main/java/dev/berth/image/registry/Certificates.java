package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom TLS connections to a registry trust and who they say they are: {@code <folder>/<host:port>/} holds authorities
 * ({@code *.crt}, besides those Java trusts) and this host's certificates with their keys ({@code x.cert} and
 * {@code x.key}), all in PEM, as Docker's {@code certs.d}.
 */
public final class Certificates {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END");
    /** AlgorithmIdentifier rsaEncryption with its NULL parameters, and before it PrivateKeyInfo's version 0 (RFC 5208). */
    private static final byte[] RSA_KEY_INFO = {
        0x02,
        0x01,
        0x00,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    private static final char[] NO_PASSWORD = {};

    private Certificates() {}

    /**
     * The context for a registry's connections; empty where Java's own does.
     *
     * @throws ImageException BAD_REQUEST if a file can't be read as what its name says it is
     */
    static Optional<SSLContext> context(RegistryAddress address, RegistryOptions options) throws ImageException {
        List<Path> folders = options.certificates().stream()
                .map(folder -> folder.resolve(address.domain()))
                .filter(Files::isDirectory)
                .toList();
        boolean verified = address.trust() == RegistryAddress.Trust.VERIFIED;
        if (folders.isEmpty() && verified) {
            return Optional.empty();
        }
        try {
            KeyStore authorities = emptyStore();
            KeyStore own = emptyStore();
            for (Path folder : folders) {
                readAuthorities(folder, authorities);
                readOwn(folder, own);
            }
            TrustManager[] trust = verified ? trusting(authorities) : new TrustManager[] {new Anyone()};
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(own), trust, null);
            return Optional.of(context);
        } catch (GeneralSecurityException | IOException e) {
            if (e instanceof ImageException known) {
                throw known;
            }
            throw unusable("certificates of registry " + address.domain(), String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The context for connections to another server than a registry.
     *
     * @param authorities a file in PEM of whom to trust besides those that Java trusts; empty for no more
     * @param own this side's certificate and its key, in PEM; empty for none
     * @param anyone whether the server may be whoever it is
     * @throws ImageException BAD_REQUEST if a file can't be read as what it is said to be
     */
    public static SSLContext client(Optional<Path> authorities, Optional<Own> own, boolean anyone)
            throws ImageException {
        try {
            KeyStore trusted = emptyStore();
            if (authorities.isPresent()) {
                addAuthorities(authorities.get(), trusted);
            }
            KeyStore keys = emptyStore();
            if (own.isPresent()) {
                addOwn(own.get(), keys);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(keys), anyone ? new TrustManager[] {new Anyone()} : trusting(trusted), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            if (e instanceof ImageException known) {
                throw known;
            }
            throw unusable("the certificates of a connection", String.valueOf(e.getMessage()), e);
        }
    }

    /** A certificate, with those that lead to its authority, and its key. */
    public record Own(Path certificate, Path key) {}

    /** Whether a registry has authorities of its own. */
    static boolean hasAuthorities(String domain, RegistryOptions options) throws ImageException {
        try {
            for (Path folder : options.certificates()) {
                Path own = folder.resolve(domain);
                if (Files.isDirectory(own) && !files(own, "*.crt").isEmpty()) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw unusable("certificates of registry " + domain, String.valueOf(e.getMessage()), e);
        }
    }

    private static void readAuthorities(Path folder, KeyStore store) throws IOException, GeneralSecurityException {
        for (Path file : files(folder, "*.crt")) {
            addAuthorities(file, store);
        }
    }

    private static void addAuthorities(Path file, KeyStore store) throws IOException, GeneralSecurityException {
        for (Certificate certificate : certificates(file)) {
            store.setCertificateEntry(file + "#" + store.size(), certificate);
        }
    }

    private static void readOwn(Path folder, KeyStore store) throws IOException, GeneralSecurityException {
        for (Path file : files(folder, "*.cert")) {
            String name = String.valueOf(file.getFileName());
            Path keyFile = file.resolveSibling(name.substring(0, name.length() - "cert".length()) + "key");
            if (!Files.isRegularFile(keyFile)) {
                throw unusable("client certificate " + file, "its key " + keyFile + " is missing", null);
            }
            addOwn(new Own(file, keyFile), store);
        }
    }

    private static void addOwn(Own own, KeyStore store) throws IOException, GeneralSecurityException {
        store.setKeyEntry(
                own.certificate().toString(),
                key(own.key()),
                NO_PASSWORD,
                certificates(own.certificate()).toArray(Certificate[]::new));
    }

    private static List<Path> files(Path folder, String glob) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
            found.forEach(files::add);
        }
        return files;
    }

    private static List<Certificate> certificates(Path file) throws IOException {
        try {
            return List.copyOf(
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(read(file))));
        } catch (GeneralSecurityException e) {
            throw unusable("certificate " + file, "it is no X.509 certificate in PEM", e);
        }
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        Matcher pem = KEY.matcher(new String(read(file), StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw unusable("key " + file, "it is no private key in PEM", null);
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
        byte[] info = switch (pem.group(1)) {
            case "PRIVATE KEY" -> der;
            case "RSA PRIVATE KEY" -> rsaKeyInfo(der);
            default ->
                throw unusable(
                        "key " + file,
                        "it is in a form that is not read; convert it: openssl pkcs8 -topk8 -nocrypt",
                        null);
        };
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(info));
            } catch (InvalidKeySpecException e) {
                continue; // it is of another algorithm
            }
        }
        throw unusable("key " + file, "it is damaged or of an unknown algorithm", null);
    }

    /** PrivateKeyInfo around an RSAPrivateKey, as {@code openssl genrsa} used to write it. */
    private static byte[] rsaKeyInfo(byte[] key) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(RSA_KEY_INFO);
        writeDer(content, 0x04, key);
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        writeDer(info, 0x30, content.toByteArray());
        return info.toByteArray();
    }

    /** Tag, length of two bytes (no key is shorter than 256 bytes or longer than 64 KiB), content. */
    private static void writeDer(ByteArrayOutputStream out, int tag, byte[] content) {
        out.write(tag);
        out.write(0x82);
        out.write(content.length >> 8);
        out.write(content.length);
        out.writeBytes(content);
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(RegistryLimits.CERTIFICATE_BYTES + 1);
            if (bytes.length > RegistryLimits.CERTIFICATE_BYTES) {
                throw unusable(file.toString(), "it is too large", null);
            }
            return bytes;
        }
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static KeyManager @Nullable [] keys(KeyStore own) throws GeneralSecurityException {
        if (own.size() == 0) {
            return null; // SSLContext's word for none
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    /** Trusts the authorities besides those that Java does. */
    private static TrustManager[] trusting(KeyStore authorities) throws GeneralSecurityException {
        TrustManagerFactory javas = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        javas.init((KeyStore) null);
        List<X509Certificate> accepted = Arrays.stream(javas.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
                .toList();
        for (X509Certificate issuer : accepted) {
            authorities.setCertificateEntry("java#" + authorities.size(), issuer);
        }
        TrustManagerFactory all = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        all.init(authorities);
        return all.getTrustManagers();
    }

    private static ImageException unusable(String what, String why, @Nullable Exception cause) {
        String message = "can't use " + what + ": " + why;
        return cause == null
                ? new ImageException(ImageException.Kind.BAD_REQUEST, message)
                : new ImageException(ImageException.Kind.BAD_REQUEST, message, cause);
    }

    /** Trusts anyone, whatever name they have: for registries that the user calls insecure. */
    private static final class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
