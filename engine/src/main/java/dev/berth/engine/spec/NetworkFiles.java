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
public record NetworkFiles(Path directory) {
    private static final int HOST_FILE_BYTES = 1 << 20;
    /** In the place of an address: where the host is, seen from the container (Docker's). */
    private static final String HOST_GATEWAY = "host-gateway";

    private static final String RESOLVER = "127.0.0.11";
    /** Docker's, where the host asks none but itself. */
    private static final List<String> PUBLIC_SERVERS = List.of("8.8.8.8", "8.8.4.4");

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

    public Path hostname() {
        return directory.resolve("hostname");
    }

    public Path hosts() {
        return directory.resolve("hosts");
    }

    public Path resolvConf() {
        return directory.resolve("resolv.conf");
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
                            && (parts[1].equals(HOST_GATEWAY)
                                    || ADDRESS.matcher(address(parts[1])).matches()),
                    "bad format for add-host: \"" + entry + "\"");
        }
    }

    /**
     * What a container sees of networks.
     *
     * @param hosts whether it has the host's network, and so its names
     * @param bridged whether it has interfaces of its own, from which the host's loopback is not reached
     * @param resolver whether it has a resolver of its own at 127.0.0.11
     * @param addresses its own
     * @param gateway the address by which it reaches the host; empty for none
     * @param linked lines of those that it is linked with
     */
    public record View(
            boolean hosts,
            boolean bridged,
            boolean resolver,
            List<String> addresses,
            String gateway,
            List<String> linked) {
        public View {
            linked = List.copyOf(linked);
            addresses = List.copyOf(addresses);
        }
    }

    /** Writes them. What the container has written into them before is lost, as with every start in Docker. */
    public void write(String name, String domain, View view, HostConfig host) throws IOException {
        Files.writeString(hostname(), name + "\n");
        rewrite(name, domain, view, host);
    }

    /** Writes the two anew that change with the networks of a container that runs. */
    public void rewrite(String name, String domain, View view, HostConfig host) throws IOException {
        Files.writeString(hosts(), table(name, domain, view, host));
        Files.writeString(resolvConf(), resolver(view, host));
    }

    private static String table(String name, String domain, View view, HostConfig host) throws IOException {
        StringBuilder table = new StringBuilder(view.hosts() ? hostFile(Path.of("/etc/hosts")) : LOOPBACK_HOSTS);
        if (!table.isEmpty() && table.charAt(table.length() - 1) != '\n') {
            table.append('\n');
        }
        // without an address a program that asks for its own host's waits for a name server that is not there
        List<String> own = view.hosts() || name.isEmpty()
                ? List.of()
                : view.addresses().isEmpty() ? List.of("127.0.1.1") : view.addresses();
        for (String entry : host.extraHosts()) {
            String[] parts = parts(entry);
            table.append(parts[1].equals(HOST_GATEWAY) ? gateway(view) : address(parts[1]))
                    .append('\t')
                    .append(parts[0])
                    .append('\n');
        }
        view.linked().forEach(line -> table.append(line).append('\n'));
        String full = domain.isEmpty() ? "" : name + "." + domain + " ";
        own.forEach(address ->
                table.append(address).append('\t').append(full).append(name).append('\n'));
        return table.toString();
    }

    private static String gateway(View view) {
        if (view.hosts()) {
            return "127.0.0.1";
        }
        if (view.gateway().isEmpty()) {
            throw EngineException.invalid(
                    "unable to derive the IP value for host-gateway: the container has no network that leads to the host");
        }
        return view.gateway();
    }

    /** Whom the host asks for names, or who was asked for instead. */
    public static List<String> nameServers(HostConfig host) {
        if (!host.dns().isEmpty()) {
            return host.dns();
        }
        try {
            return hostFile(Path.of("/etc/resolv.conf"))
                    .lines()
                    .map(line -> line.strip().split("\\s+", 3))
                    .filter(words -> words.length > 1 && words[0].equals("nameserver"))
                    .map(words -> words[1])
                    .toList();
        } catch (IOException e) {
            return List.of(); // then nobody is asked
        }
    }

    /** Whether it was said from how many dots on a name is asked for as it is. */
    public static boolean setsNdots(HostConfig host) {
        return host.dnsOptions().stream().anyMatch(option -> option.startsWith("ndots:"));
    }

    /** The host's resolver settings, with what was asked for instead, as far as they mean the same in the container. */
    private static String resolver(View view, HostConfig host) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : hostFile(Path.of("/etc/resolv.conf")).split("\n", -1)) {
            String[] words = line.strip().split("\\s+", 3);
            boolean replaced = switch (words[0]) {
                case "nameserver" ->
                    !host.dns().isEmpty()
                            || view.resolver()
                            || view.bridged() && words.length > 1 && isLoopback(words[1]);
                case "search", "domain" -> !host.dnsSearch().isEmpty();
                case "options" -> !host.dnsOptions().isEmpty();
                default ->
                    line.isBlank()
                            || line.strip().startsWith("#")
                            || line.strip().startsWith(";");
            };
            if (!replaced) {
                lines.add(line);
            }
        }
        if (!host.dnsSearch().isEmpty() && !host.dnsSearch().equals(List.of("."))) {
            lines.add("search " + String.join(" ", host.dnsSearch()));
        }
        if (view.resolver()) {
            lines.add("nameserver " + RESOLVER);
        } else {
            host.dns().forEach(server -> lines.add("nameserver " + server));
            if (view.bridged() && lines.stream().noneMatch(line -> line.startsWith("nameserver"))) {
                PUBLIC_SERVERS.forEach(server -> lines.add("nameserver " + server));
            }
        }
        List<String> options = new ArrayList<>(host.dnsOptions());
        if (view.resolver() && lines.stream().noneMatch(line -> line.contains("ndots:")) && !setsNdots(host)) {
            options.add("ndots:0"); // names of containers have no dots
        }
        if (!options.isEmpty()) {
            lines.add("options " + String.join(" ", options));
        }
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static boolean isLoopback(String address) {
        return address.startsWith("127.") || address.equals("::1");
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
