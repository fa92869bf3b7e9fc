package dev.berth.linux.nftables;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.Attributes;
import dev.berth.linux.netlink.Message;
import dev.berth.linux.netlink.MessageBuilder;
import dev.berth.linux.netlink.NetlinkProtocol;
import dev.berth.linux.netlink.NetlinkSocket;
import dev.berth.linux.netlink.NetworkNamespace;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The packet filter of one network namespace: changes it by transactions, and lists what is there. Holds a socket; safe
 * for use by many threads.
 */
public final class Nftables implements AutoCloseable {
    private static final int ALL_FAMILIES = 0;
    private static final int NF_DROP = 0;
    private static final int NF_ACCEPT = 1;

    /** The families in which packets of IP are forwarded, by their numbers. */
    private static final Map<Integer, String> FAMILIES = Map.of(1, "inet", 2, "ip", 10, "ip6");

    private final NetlinkSocket socket;

    private Nftables(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** That of the calling thread's namespace: the host's, unless it has entered another. */
    public static Nftables open() {
        return new Nftables(NetlinkSocket.open(NetlinkProtocol.NETFILTER));
    }

    /** That of a namespace, which need not stay open. */
    public static Nftables open(NetworkNamespace namespace) {
        return new Nftables(NetlinkSocket.open(NetlinkProtocol.NETFILTER, namespace));
    }

    /**
     * Carries out all of it, or nothing.
     *
     * @throws LinuxException that says which change was refused; where the kernel has no nf_tables, EOPNOTSUPP or EINVAL
     */
    public void commit(Transaction transaction) {
        if (!transaction.isEmpty()) {
            socket.batch(transaction.batch());
        }
    }

    /** The tables of the family inet, whoever made them. */
    public List<Table> tables() {
        return socket.dump(NftMessage.of(NftMessage.GETTABLE, 0), "list the nftables tables").stream()
                .map(message ->
                        message.attributes(NftMessage.FIXED_BYTES).string(1).orElse(""))
                .filter(Names::isValid)
                .map(Table::new)
                .toList();
    }

    public boolean has(Table table) {
        MessageBuilder request = NftMessage.of(NftMessage.GETTABLE, 0).putString(1, table.name());
        try {
            socket.answered(request, "find nftables table " + table);
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * A chain as the kernel tells of it.
     *
     * @param hook of a base chain
     * @param priority of a base chain
     */
    public record ChainInfo(String name, OptionalInt hook, OptionalInt priority) {}

    /** The chains of a table; none where it isn't there. */
    public List<ChainInfo> chains(Table table) {
        MessageBuilder request = NftMessage.of(NftMessage.GETCHAIN, 0);
        return socket.dump(request, "list the chains of nftables table " + table).stream()
                .map(message -> message.attributes(NftMessage.FIXED_BYTES))
                .filter(chain -> chain.string(1).orElse("").equals(table.name()))
                .map(chain -> new ChainInfo(
                        chain.string(3).orElse(""),
                        chain.nested(4).be32(1),
                        chain.nested(4).be32(2)))
                .toList();
    }

    /**
     * A rule as the kernel tells of it.
     *
     * @param handle by which it is deleted
     * @param expressions the names of the kernel's instructions for it
     * @param packets that its counter has counted
     */
    public record RuleInfo(
            String chain, long handle, Optional<String> comment, List<String> expressions, Optional<Long> packets) {}

    /** The rules of a table's chains, in their order; none where it isn't there. */
    public List<RuleInfo> rules(Table table) {
        MessageBuilder request = NftMessage.of(NftMessage.GETRULE, 0).putString(1, table.name());
        return socket.dump(request, "list the rules of nftables table " + table).stream()
                .map(message -> message.attributes(NftMessage.FIXED_BYTES))
                .filter(rule -> rule.string(1).orElse("").equals(table.name()))
                .map(Nftables::rule)
                .toList();
    }

    private static RuleInfo rule(Attributes rule) {
        List<Attributes> expressions = rule.nested(4).each(1);
        return new RuleInfo(
                rule.string(2).orElse(""),
                rule.be64(3).orElse(0L),
                rule.bytes(7).flatMap(Comment::decode),
                expressions.stream().map(e -> e.string(1).orElse("")).toList(),
                expressions.stream()
                        .filter(e -> "counter".equals(e.string(1).orElse("")))
                        .flatMap(e -> e.nested(2).be64(2).stream())
                        .findFirst());
    }

    /** The chains of all tables, whosever and of all families of IP, that drop what is forwarded and not accepted by a rule. */
    public List<ForwardDrop> forwardDrops() {
        return socket.dump(NftMessage.of(ALL_FAMILIES, NftMessage.GETCHAIN, 0), "list all nftables chains").stream()
                .filter(message -> FAMILIES.containsKey(message.u8(0)) && dropsForwarded(message))
                .map(message -> {
                    Attributes chain = message.attributes(NftMessage.FIXED_BYTES);
                    String table = chain.string(1).orElse("");
                    return new ForwardDrop(
                            FAMILIES.getOrDefault(message.u8(0), ""),
                            table,
                            chain.string(3).orElse(""),
                            namedInterfaces(message.u8(0), table));
                })
                .toList();
    }

    private static boolean dropsForwarded(Message message) {
        Attributes chain = message.attributes(NftMessage.FIXED_BYTES);
        Attributes hook = chain.nested(4);
        return chain.string(7).orElse("").equals("filter")
                && hook.be32(1).orElse(-1) == Chain.Hook.FORWARD.number()
                && chain.be32(5).orElse(NF_ACCEPT) == NF_DROP;
    }

    /** Which interfaces a table's rules compare with. */
    private Set<String> namedInterfaces(int family, String table) {
        MessageBuilder request = NftMessage.of(family, NftMessage.GETRULE, 0).putString(1, table);
        List<Message> rules = orNone(() -> socket.dump(request, "list the rules of nftables table " + table));
        return rules.stream()
                .map(message -> message.attributes(NftMessage.FIXED_BYTES))
                .filter(rule -> rule.string(1).orElse("").equals(table))
                .flatMap(rule -> rule.nested(4).each(1).stream())
                .filter(expression -> expression.string(1).orElse("").equals("cmp"))
                .flatMap(expression -> expression.nested(2).nested(3).bytes(1).stream())
                .flatMap(value -> interfaceName(value).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A name ends with a zero, the beginning of one does not. Numbers that are compared with are no names. */
    private static Optional<String> interfaceName(byte[] value) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        String name = text.replaceAll("\\x00+$", "");
        if (!name.matches("[\\x21-\\x7e]{1,15}")) {
            return Optional.empty();
        }
        return Optional.of(name.length() < text.length() ? name : name + "*");
    }

    /** The names of a table's sets and maps; none where it isn't there. */
    public List<String> sets(Table table) {
        MessageBuilder request = NftMessage.of(NftMessage.GETSET, 0).putString(1, table.name());
        return orNone(() -> socket.dump(request, "list the sets of nftables table " + table)).stream()
                .map(message ->
                        message.attributes(NftMessage.FIXED_BYTES).string(2).orElse(""))
                .toList();
    }

    /**
     * An element as the kernel has it.
     *
     * @param key as {@link #matches} compares it
     * @param value empty of a set, and of a map to verdicts
     */
    public record ElementInfo(byte[] key, byte[] value) {
        /** Whether it is this one: its key, and its value where it has one. */
        public boolean matches(Element element) {
            return Arrays.equals(key, Datum.join(element.key()))
                    && (element.value().isEmpty() || Arrays.equals(value, Datum.join(element.value())));
        }
    }

    /** The elements of a set or map, in no order; none where it isn't there. */
    public List<ElementInfo> elements(Table table, String set) {
        MessageBuilder request = NftMessage.of(NftMessage.GETSETELEM, 0)
                .putString(1, table.name())
                .putString(2, set);
        List<Message> answers =
                orNone(() -> socket.dump(request, "list the elements of set " + set + " of nftables table " + table));
        return answers.stream()
                .flatMap(message -> message.attributes(NftMessage.FIXED_BYTES).nested(3).each(1).stream())
                .map(element -> new ElementInfo(
                        element.nested(1).bytes(1).orElseGet(() -> new byte[0]),
                        element.nested(2).bytes(1).orElseGet(() -> new byte[0])))
                .toList();
    }

    private static List<Message> orNone(Supplier<List<Message>> dump) {
        try {
            return dump.get();
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return List.of();
            }
            throw e;
        }
    }

    /** The connections that the rules have let through and translated. */
    public Connections connections() {
        return new Connections(socket);
    }

    /** By which a {@link RulesetMonitor} knows our own changes. */
    int port() {
        return socket.port();
    }

    @Override
    public void close() {
        socket.close();
    }
}
