package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
    @Test
    void largeLettersComeBeforeSmallOnesAndEachSchemeHasItsOwn() {
        Proxies proxies = Proxies.of(Map.of(
                "HTTP_PROXY",
                "http://one:3128",
                "http_proxy",
                "http://two:3128",
                "https_proxy",
                "three",
                "NO_PROXY",
                "x"));
        assertThat(proxies).isEqualTo(new Proxies("http://one:3128", "three", "x"));
        assertThat(chosen(proxies, "http://example.com/v2/")).isEqualTo("one:3128");
        assertThat(chosen(proxies, "https://example.com/v2/")).isEqualTo("three:80");
        assertThat(chosen(proxies, "socket://example.com:514")).isEmpty();
        assertThat(Proxies.of(Map.of())).isEqualTo(Proxies.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, https://example.com/, true",
        "example.com, https://sub.example.com/, true",
        "example.com, https://badexample.com/, false",
        ".example.com, https://example.com/, false",
        ".example.com, https://a.b.Example.com/, true",
        "*.example.com, https://sub.example.com/, true",
        "example.com:5000, https://example.com:5000/, true",
        "example.com:5000, https://example.com/, false",
        "example.com:443, https://example.com/, true",
        "'10.0.0.0/8 , other', https://10.2.3.4:5000/, true",
        "10.0.0.0/8, https://11.2.3.4/, false",
        "10.0.0.0/99, https://10.2.3.4/, false",
        "10.2.3.4, https://10.2.3.4/, true",
        "10.2.3.4:80, https://10.2.3.4/, false",
        "fd00::1, https://[fd00::1]/, true",
        "fd00::/16, https://[fd00::7]:5000/, true",
        "*, https://example.com/, true",
        "nothing, http://localhost:5000/, true",
        "nothing, http://127.0.0.7/, true",
        "nothing, http://[::1]/, true",
    })
    void whoIsExceptedIsSpokenToWithoutOne(String none, String address, boolean excepted) {
        Proxies proxies = new Proxies("proxy:1", "proxy:1", none);
        assertThat(chosen(proxies, address)).isEqualTo(excepted ? "" : "proxy:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://proxy:1080", "https://proxy", "http://me:secret@proxy", "http://", "http://a b"})
    void aProxyThatCannotBeUsedIsRefusedByTheNameOfItsVariable(String proxy) {
        assertThatThrownBy(() -> Proxies.of(Map.of("https_proxy", proxy)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("HTTPS_PROXY")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aRequestGoesToTheProxyWithTheWholeAddress() throws Exception {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            byte[] asked = exchange.getRequestURI().toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, asked.length);
            exchange.getResponseBody().write(asked);
            exchange.close();
        });
        proxy.start();
        ProxySelector selector = new Proxies("127.0.0.1:" + proxy.getAddress().getPort(), "", "").selector();
        try (HttpClient client = HttpClient.newBuilder().proxy(selector).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://registry.invalid/v2/"))
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .body())
                    .isEqualTo("http://registry.invalid/v2/");
        } finally {
            proxy.stop(0);
        }
    }

    /** The proxy's host and port; empty for none. */
    private static String chosen(Proxies proxies, String address) {
        Proxy proxy = proxies.selector().select(URI.create(address)).getFirst();
        return proxy.address() instanceof InetSocketAddress socket
                ? socket.getHostString() + ":" + socket.getPort()
                : "";
    }
}
