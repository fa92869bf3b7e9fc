package dev.berth.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.Box;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.stream.OutputSink.Stream;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages to a syslog server over TLS, which is the test's own, with a certificate for 127.0.0.1 that nobody has signed. */
@Timeout(60)
class SyslogTlsTest {
    private static final Jsonb JSON = Jsonb.builder().build();
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    Path dir;

    @Test
    void aServerThatIsTrustedGetsMessagesEachWithItsLength() throws Exception {
        KeyStore keys = keys();
        try (SSLServerSocket server = server(keys)) {
            server.setNeedClientAuth(true);
            CompletableFuture<String> received = received(server);
            ContainerLog log = log(
                    server,
                    Map.of(
                            "syslog-format", "rfc5424",
                            "syslog-tls-ca-cert", certificate(keys).toString(),
                            "syslog-tls-cert", certificate(keys).toString(),
                            "syslog-tls-key", key(keys).toString()));
            log.begin(dir.resolve("position"), Unheard.INSTANCE);
            log.take(Stream.STDOUT, ByteBuffer.wrap("one\nzwö\n".getBytes(StandardCharsets.UTF_8)));
            Box.soon(log.end());
            String[] messages = received.get().split("\n", -1);
            assertThat(messages[0]).matches("\\d+ <30>1 \\S+ \\S+ c \\d+ c - one");
            assertThat(messages[1]).matches("\\d+ <30>1 \\S+ \\S+ c \\d+ c - zwö");
            for (String message : new String[] {messages[0], messages[1]}) {
                String[] framed = message.split(" ", 2);
                assertThat(Integer.parseInt(framed[0]))
                        .isEqualTo(framed[1].getBytes(StandardCharsets.UTF_8).length + 1);
            }
        }
    }

    @Test
    void aServerThatNobodyVouchesForIsNotSpokenToUnlessThatIsAskedFor() throws Exception {
        KeyStore keys = keys();
        try (SSLServerSocket server = server(keys)) {
            CompletableFuture<String> received = received(server);
            assertThatThrownBy(() -> log(server, Map.of()).begin(dir.resolve("position"), Unheard.INSTANCE))
                    .hasMessageStartingWith("failed to initialize logging driver: dial tcp+tls 127.0.0.1:");
            assertThat(received.get()).isEmpty();
            CompletableFuture<String> again = received(server);
            ContainerLog log = log(server, Map.of("syslog-tls-skip-verify", "true"));
            log.begin(dir.resolve("position"), Unheard.INSTANCE);
            log.take(Stream.STDERR, ByteBuffer.wrap("one\n".getBytes(StandardCharsets.UTF_8)));
            Box.soon(log.end());
            assertThat(again.get()).matches("<27>.* c\\[\\d+]: one\n");
        }
    }

    @Test
    void optionsThatSayNothingAreRefused() throws Exception {
        refused(
                "syslog-tls-key is for a syslog-address of tcp+tls:// alone",
                "tcp://127.0.0.1",
                "syslog-tls-key",
                "/k");
        refused("syslog-tls-cert and syslog-tls-key belong together", "tcp+tls://127.0.0.1", "syslog-tls-key", "/k");
        LogOptions missing = LogOptions.of(new LogConfig(
                "syslog", Map.of("syslog-address", "tcp+tls://127.0.0.1", "syslog-tls-ca-cert", "/no/such.pem")));
        assertThatThrownBy(missing::requireThere).hasMessageContaining("stat /no/such.pem: no such file or directory");
        Path nonsense = Files.writeString(dir.resolve("nonsense.pem"), "nonsense");
        try (SSLServerSocket server = server(keys())) {
            assertThatThrownBy(() -> log(server, Map.of("syslog-tls-ca-cert", nonsense.toString()))
                            .begin(dir.resolve("position"), Unheard.INSTANCE))
                    .hasMessageContaining("can't use certificate " + nonsense);
        }
    }

    private static void refused(String message, String address, String name, String value) {
        assertThatThrownBy(() -> LogOptions.of(new LogConfig("syslog", Map.of("syslog-address", address, name, value))))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(message);
    }

    private ContainerLog log(SSLServerSocket server, Map<String, String> more) {
        Map<String, String> options = new HashMap<>(more);
        options.put("syslog-address", "tcp+tls://127.0.0.1:" + server.getLocalPort());
        return ContainerLog.in(
                dir, LogOptions.of(new LogConfig("syslog", options)), () -> Sources.C, JSON, System.getLogger("test"));
    }

    /** All that the next client sends; nothing where it and the server do not come to terms. */
    private static CompletableFuture<String> received(SSLServerSocket server) {
        return CompletableFuture.supplyAsync(() -> {
            try (SSLSocket client = (SSLSocket) server.accept();
                    InputStream in = client.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return "";
            }
        });
    }

    private static SSLServerSocket server(KeyStore keys) throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("own", keys.getCertificate("own"));
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    private KeyStore keys() throws Exception {
        Path file = dir.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                        "-genkeypair",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD),
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "SAN=ip:127.0.0.1")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        return keys;
    }

    private Path certificate(KeyStore keys) throws Exception {
        return pem("CERTIFICATE", keys.getCertificate("own").getEncoded());
    }

    private Path key(KeyStore keys) throws Exception {
        return pem("PRIVATE KEY", keys.getKey("own", PASSWORD).getEncoded());
    }

    private Path pem(String what, byte[] bytes) throws IOException {
        return Files.writeString(
                dir.resolve(what.replace(' ', '-') + ".pem"),
                "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + what
                        + "-----\n");
    }
}
