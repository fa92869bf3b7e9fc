package dev.berth.engine.spec;

import dev.berth.engine.config.HostConfig;
import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A container's {@code /etc/hostname}, {@code /etc/hosts} and {@code /etc/resolv.conf}, in its directory on the host. */
public record NetworkFiles(Path hostname, Path hosts, Path resolvConf) {
    private static final int HOST_FILE_BYTES = 1 << 20;
    private static final Pattern WORD = Pattern.compile("[^\\s\\p{Cntrl}#]{1,255}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9_.-]{1,15})?");
    private static final String LOOPBACK_HOSTS = """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            """;

    /** Whether they are mounted on this path of a container. */
    public static boolean isOne(String path) {
        return List.of("/etc/hostname", "/etc/hosts", "/etc/resolv.conf").contains(path);
    }

    /** Where the files are, or will be. */
    public static NetworkFiles in(Path directory) {
        return new NetworkFiles(
                directory.resolve("hostname"), directory.resolve("hosts"), directory.resolve("resolv.conf"));
    }

    /**
     * Checks what will be written.
     *
     * @throws EngineException INVALID for what would not be one word of one line in them
     */
    public static void check(HostConfig host) {
        for (String server : host.dns()) {
            require(ADDRESS.matcher(server).matches(), "invalid DNS address: " + server);
        }
        for (List<String> words : List.of(host.dnsSearch(), host.dnsOptions())) {
            for (String word : words) {
                require(WORD.matcher(word).matches(), "invalid DNS search domain or option: " + word);
            }
        }
        for (String entry : host.extraHosts()) {
            String[] parts = parts(entry);
            require(
                    parts.length == 2
                            && WORD.matcher(parts[0]).matches()
                            && ADDRESS.matcher(address(parts[1])).matches(),
                    "bad format for add-host: \"" + entry + "\"");
        }
    }

    /**
     * Writes them. What the container has written into them before is lost, as with every start in Docker.
     *
     * @param hostsNetwork whether the host's network is used, and so its names
     */
    public void write(String name, String domain, boolean hostsNetwork, HostConfig host) throws IOException {
        Files.writeString(hostname, name + "\n");
        StringBuilder table = new StringBuilder(hostsNetwork ? hostFile(Path.of("/etc/hosts")) : LOOPBACK_HOSTS);
        if (!table.isEmpty() && table.charAt(table.length() - 1) != '\n') {
            table.append('\n');
        }
        if (!hostsNetwork && !name.isEmpty()) {
            // without this, a program that asks for its own host's address waits for a name server that is not there
            String full = domain.isEmpty() ? "" : name + "." + domain + " ";
            table.append("127.0.1.1\t").append(full).append(name).append('\n');
        }
        for (String entry : host.extraHosts()) {
            String[] parts = parts(entry);
            table.append(address(parts[1])).append('\t').append(parts[0]).append('\n');
        }
        Files.writeString(hosts, table);
        Files.writeString(resolvConf, resolver(host));
    }

    /** The host's resolver settings, with what was asked for instead. */
    private static String resolver(HostConfig host) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : hostFile(Path.of("/etc/resolv.conf")).split("\n", -1)) {
            String key = line.strip().split("\\s+", 2)[0];
            boolean replaced = switch (key) {
                case "nameserver" -> !host.dns().isEmpty();
                case "search", "domain" -> !host.dnsSearch().isEmpty();
                case "options" -> !host.dnsOptions().isEmpty();
                default -> line.isBlank() || key.startsWith("#") || key.startsWith(";");
            };
            if (!replaced) {
                lines.add(line);
            }
        }
        if (!host.dnsSearch().isEmpty() && !host.dnsSearch().equals(List.of("."))) {
            lines.add("search " + String.join(" ", host.dnsSearch()));
        }
        host.dns().forEach(server -> lines.add("nameserver " + server));
        if (!host.dnsOptions().isEmpty()) {
            lines.add("options " + String.join(" ", host.dnsOptions()));
        }
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static String hostFile(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(HOST_FILE_BYTES), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** {@code name:address} or {@code name=address}; an address may have colons of its own. */
    private static String[] parts(String entry) {
        return entry.split(entry.indexOf('=') >= 0 ? "=" : ":", 2);
    }

    private static String address(String text) {
        return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw EngineException.invalid(message);
        }
    }
}
