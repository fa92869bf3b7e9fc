package dev.berth.image.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Proxies on the way to registries, as the variables {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} have
 * them, or the same in small letters.
 *
 * @param http for addresses that begin with {@code http://}, as it was given; empty for none
 * @param https for those that begin with {@code https://}
 * @param none who is spoken to without one: names (with all below them), {@code .suffix}, addresses, ranges, each with a
 *     port or without, or {@code *}; with commas between
 */
public record Proxies(String http, String https, String none) {
    public static final Proxies NONE = new Proxies("", "", "");

    private static final int DEFAULT_PORT = 80;

    /**
     * Reads an environment.
     *
     * @throws IllegalArgumentException naming the variable, for a proxy that cannot be used
     */
    public static Proxies of(Map<String, String> environment) {
        Proxies proxies = new Proxies(
                value(environment, "HTTP_PROXY"), value(environment, "HTTPS_PROXY"), value(environment, "NO_PROXY"));
        address("HTTP_PROXY", proxies.http());
        address("HTTPS_PROXY", proxies.https());
        return proxies;
    }

    private static String value(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
    }

    /** What java.net.http asks. This host itself is spoken to without a proxy. */
    public ProxySelector selector() {
        return new Selector(address("HTTP_PROXY", http), address("HTTPS_PROXY", https), List.of(none.split(",")));
    }

    private static Optional<InetSocketAddress> address(String variable, String value) {
        if (value.isBlank()) {
            return Optional.empty();
        }
        URI uri;
        try {
            uri = URI.create(value.contains("://") ? value.strip() : "http://" + value.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(variable + " is no address of a proxy", e);
        }
        if (!"http".equals(uri.getScheme())) {
            throw new IllegalArgumentException(variable + ": a proxy that is spoken to by " + uri.getScheme()
                    + " is not supported: give one that begins with http://");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    variable + ": a proxy that asks for a user's name is not supported: give one without");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(variable + " is no address of a proxy");
        }
        String host = RegistryAddress.hostName(uri.getHost());
        return Optional.of(InetSocketAddress.createUnresolved(host, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort()));
    }

    private static final class Selector extends ProxySelector {
        private final Optional<InetSocketAddress> http;
        private final Optional<InetSocketAddress> https;
        private final List<String> exceptions;

        Selector(Optional<InetSocketAddress> http, Optional<InetSocketAddress> https, List<String> exceptions) {
            this.http = http;
            this.https = https;
            this.exceptions = exceptions.stream()
                    .map(text -> text.strip().toLowerCase(Locale.ROOT))
                    .filter(text -> !text.isEmpty())
                    .toList();
        }

        @Override
        public List<Proxy> select(URI uri) {
            Optional<InetSocketAddress> proxy = switch (String.valueOf(uri.getScheme())) {
                case "http" -> http;
                case "https" -> https;
                default -> Optional.empty();
            };
            return List.of(proxy.filter(there -> !isException(uri))
                    .map(there -> new Proxy(Proxy.Type.HTTP, there))
                    .orElse(Proxy.NO_PROXY));
        }

        private boolean isException(URI uri) {
            String host =
                    RegistryAddress.hostName(String.valueOf(uri.getHost())).toLowerCase(Locale.ROOT);
            int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : DEFAULT_PORT;
            Optional<InetAddress> address = RegistryAddress.literal(host);
            return host.equals("localhost")
                    || address.filter(InetAddress::isLoopbackAddress).isPresent()
                    || exceptions.stream().anyMatch(exception -> covers(exception, host, address, port));
        }

        private static boolean covers(String exception, String host, Optional<InetAddress> address, int port) {
            if (exception.equals("*")) {
                return true;
            }
            int slash = exception.indexOf('/');
            if (slash >= 0) {
                return address.filter(literal -> RegistryAddress.isWithin(literal, exception))
                        .isPresent();
            }
            boolean bareAddress = RegistryAddress.literal(exception).isPresent();
            String name = bareAddress ? exception : RegistryAddress.hostName(exception);
            if (!bareAddress && exception.matches(".*:\\d+") && !exception.endsWith(":" + port)) {
                return false;
            }
            if (address.isPresent()) {
                return RegistryAddress.literal(name).equals(address);
            }
            String suffix = name.startsWith("*.") ? name.substring(1) : name;
            return suffix.startsWith(".") ? host.endsWith(suffix) : host.equals(suffix) || host.endsWith("." + suffix);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress proxy, IOException reason) {
            // Whoever connects says so; there is no other proxy to try.
        }
    }
}
