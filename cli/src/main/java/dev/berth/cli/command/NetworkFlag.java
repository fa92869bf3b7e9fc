package dev.berth.cli.command;

import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code --network backend}, and {@code --network name=backend,alias=db,ip=…}, as often as there are networks. What other
 * flags ask of a network ({@code --ip}, {@code --network-alias}…) is asked of the first.
 */
final class NetworkFlag {
    /** Where a value is more than a name. */
    private static final Pattern FIELDS = Pattern.compile("\\w+=\\w+");

    private static final Pattern HARDWARE_ADDRESS =
            Pattern.compile("[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(\\.[0-9A-Fa-f]{4}){2}");

    private final String name;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, List<String>> lists = new LinkedHashMap<>();
    private final Map<String, String> driverOptions = new LinkedHashMap<>();

    private NetworkFlag(String name) {
        this.name = name;
    }

    /** All that the flags ask for, the container's usual network where they ask for none. */
    static List<NetworkFlag> of(Flags flags) {
        List<NetworkFlag> networks = new ArrayList<>();
        for (String flag : List.of("network", "net")) {
            flags.list(flag).forEach(text -> networks.add(parse(text, flag)));
        }
        if (networks.isEmpty()) {
            networks.add(new NetworkFlag("default"));
        }
        networks.getFirst().add(flags);
        networks.forEach(NetworkFlag::check);
        return networks;
    }

    private static NetworkFlag parse(String text, String flag) {
        if (!FIELDS.matcher(text).find()) {
            return new NetworkFlag(text);
        }
        NetworkFlag network = new NetworkFlag(name(text));
        for (String field : text.split(",", -1)) {
            int equals = field.indexOf('=');
            if (equals <= 0) {
                throw Values.invalid(text, flag, "invalid field " + field);
            }
            String key = field.substring(0, equals).strip().toLowerCase(Locale.ROOT);
            String value = field.substring(equals + 1).strip();
            switch (key) {
                case "name" -> {} // read before
                case "alias", "link-local-ip" -> network.list(key).add(value);
                case "ip", "ip6", "mac-address" -> network.values.put(key, value);
                case "driver-opt" -> network.driverOption(text, flag, value);
                case "gw-priority" -> network.values.put(key, priority(text, flag, value));
                default -> throw Values.invalid(text, flag, "invalid field key " + key);
            }
        }
        if (network.name.isEmpty()) {
            throw Values.invalid(text, flag, "network name/id is not specified");
        }
        return network;
    }

    /** The last that is given. */
    private static String name(String text) {
        String name = "";
        for (String field : text.split(",", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0 && field.substring(0, equals).strip().equalsIgnoreCase("name")) {
                name = field.substring(equals + 1).strip();
            }
        }
        return name;
    }

    private void driverOption(String text, String flag, String option) {
        int equals = option.indexOf('=');
        if (equals <= 0) {
            throw Values.invalid(text, flag, "invalid key value pair format in driver options");
        }
        driverOptions.put(
                option.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                option.substring(equals + 1).strip());
    }

    private static String priority(String text, String flag, String value) {
        try {
            return Integer.toString(Integer.parseInt(value));
        } catch (NumberFormatException e) {
            String why = value.matches("[+-]?\\d+") ? "value out of range" : "invalid syntax";
            throw Values.invalid(text, flag, "invalid gw-priority (" + value + "): " + why);
        }
    }

    private List<String> list(String key) {
        return lists.computeIfAbsent(key, other -> new ArrayList<>());
    }

    private void add(Flags flags) {
        List<String> aliases = new ArrayList<>(flags.list("network-alias"));
        aliases.addAll(flags.list("net-alias"));
        add("alias", aliases, "--network-alias and per-network alias");
        add("ip", flags, "--ip and per-network IPv4 address");
        add("ip6", flags, "--ip6 and per-network IPv6 address");
        add("mac-address", flags, "--mac-address and per-network MAC address");
        add("link-local-ip", flags.list("link-local-ip"), "--link-local-ip and per-network link-local IP addresses");
        if (isUserDefined()) {
            list("link").addAll(flags.list("link")); // on others they are the container's
        }
    }

    private void add(String key, List<String> more, String both) {
        if (!more.isEmpty()) {
            refuse(!list(key).isEmpty(), both);
            list(key).addAll(more);
        }
    }

    private void add(String key, Flags flags, String both) {
        flags.text(key).filter(value -> !value.isEmpty()).ifPresent(value -> {
            refuse(values.containsKey(key), both);
            values.put(key, value);
        });
    }

    private static void refuse(boolean twice, String both) {
        if (twice) {
            throw Values.refused("conflicting options: cannot specify both " + both);
        }
    }

    private void check() {
        if (name.isBlank()) {
            throw Values.refused("no name set for network");
        }
        if (!isUserDefined() && !list("alias").isEmpty()) {
            throw Values.refused("network-scoped aliases are only supported for user-defined networks");
        }
        String address = values.getOrDefault("mac-address", "");
        if (!address.isEmpty() && !HARDWARE_ADDRESS.matcher(address).matches()) {
            throw Values.refused(address + " is not a valid mac address");
        }
    }

    private boolean isUserDefined() {
        return !List.of("default", "bridge", "host", "none").contains(name) && !name.startsWith("container:");
    }

    /** The mode of a container on these networks. */
    static String mode(List<NetworkFlag> networks) {
        return networks.getFirst().name;
    }

    /** What is asked of each network; nothing of a single one without anything in particular. */
    static Map<String, Object> endpoints(List<NetworkFlag> networks) {
        Map<String, Object> endpoints = new LinkedHashMap<>();
        for (NetworkFlag network : networks) {
            if (endpoints.containsKey(network.name)) {
                throw Values.refused("network \"" + network.name + "\" is specified multiple times");
            }
            endpoints.put(network.name, network.endpoint());
        }
        if (networks.stream().map(NetworkFlag::isUserDefined).distinct().count() > 1) {
            throw Values.refused(
                    "conflicting options: cannot attach both user-defined and non-user-defined network-modes");
        }
        return networks.size() == 1 && networks.getFirst().endpoint().isEmpty() ? Map.of() : endpoints;
    }

    private Map<String, @Nullable Object> endpoint() {
        Map<String, @Nullable Object> addresses = Json.of();
        put(addresses, "IPv4Address", values.get("ip"));
        put(addresses, "IPv6Address", values.get("ip6"));
        put(addresses, "LinkLocalIPs", lists.get("link-local-ip"));
        Map<String, @Nullable Object> endpoint = Json.of();
        put(endpoint, "IPAMConfig", addresses.isEmpty() ? null : addresses);
        put(endpoint, "Links", lists.get("link"));
        put(endpoint, "Aliases", lists.get("alias"));
        put(endpoint, "MacAddress", values.get("mac-address"));
        put(endpoint, "DriverOpts", driverOptions.isEmpty() ? null : driverOptions);
        if (values.containsKey("gw-priority")) {
            endpoint.put("GwPriority", Integer.parseInt(values.getOrDefault("gw-priority", "0")));
        }
        return endpoint;
    }

    private static void put(Map<String, @Nullable Object> to, String member, @Nullable Object value) {
        if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
            to.put(member, value);
        }
    }
}
