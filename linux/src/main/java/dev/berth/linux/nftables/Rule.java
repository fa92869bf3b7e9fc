package dev.berth.linux.nftables;

import dev.berth.linux.netlink.InterfaceName;
import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.IpPrefix;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A rule of a chain: conditions, and what is done with a packet that meets them all. It is written as in nft(8), from
 * left to right: {@code Rule.EMPTY.iifname("br0").dport(TCP, 80).accept()}. Each step is a new rule.
 *
 * @param text the same in nft's words
 * @param comment which nft shows, and by which it can be known again
 */
public record Rule(List<Expression> expressions, String text, Optional<String> comment) {
    /** It meets every packet, and does nothing. */
    public static final Rule EMPTY = new Rule(List.of(), "", Optional.empty());

    private static final int COMMENT_BYTES_MAX = 127;
    /** RTN_LOCAL: an address of the host's own. */
    private static final int RTN_LOCAL = 2;

    public Rule {
        expressions = List.copyOf(expressions);
        comment.ifPresent(Rule::checkComment);
    }

    private static void checkComment(String comment) {
        int bytes = comment.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > COMMENT_BYTES_MAX || comment.chars().anyMatch(c -> c < ' ' || c == '"')) {
            throw new IllegalArgumentException("a rule's comment has 1 to " + COMMENT_BYTES_MAX
                    + " bytes and no quotation mark or control character: " + comment);
        }
    }

    /** What a connection is to the packet. */
    public enum CtState {
        INVALID(1),
        ESTABLISHED(2),
        RELATED(4),
        NEW(8);

        private final int bit;

        CtState(int bit) {
            this.bit = bit;
        }
    }

    /** What happens to a connection's addresses. */
    public enum CtStatus {
        SNAT(0x10),
        DNAT(0x20);

        private final int bit;

        CtStatus(int bit) {
            this.bit = bit;
        }
    }

    /** Came by this interface. */
    public Rule iifname(String name) {
        return compare(Field.IIFNAME, "", Expression.EQUAL, name);
    }

    public Rule iifnameNot(String name) {
        return compare(Field.IIFNAME, "!= ", Expression.NOT_EQUAL, name);
    }

    /** Goes out by this interface. */
    public Rule oifname(String name) {
        return compare(Field.OIFNAME, "", Expression.EQUAL, name);
    }

    public Rule oifnameNot(String name) {
        return compare(Field.OIFNAME, "!= ", Expression.NOT_EQUAL, name);
    }

    private Rule compare(Field field, String not, int operation, String name) {
        return and(
                field.text() + " " + not + '"' + name + '"',
                field.load(Expression.FIRST_REGISTER),
                Expression.compare(operation, new Datum.Interface(name).bytes()));
    }

    /** Came by an interface whose name begins so. */
    public Rule iifnameBegins(String start) {
        return and(
                "iifname \"" + start + "*\"",
                Field.IIFNAME.load(Expression.FIRST_REGISTER),
                Expression.compare(Expression.EQUAL, InterfaceName.check(start).getBytes(StandardCharsets.UTF_8)));
    }

    public Rule nfproto(IpFamily family) {
        return and(
                "meta nfproto " + family.name().toLowerCase(Locale.ROOT),
                Expression.meta(Expression.META_NFPROTO, Expression.FIRST_REGISTER),
                Expression.compare(Expression.EQUAL, new byte[] {(byte) family.number()}));
    }

    public Rule l4proto(Protocol protocol) {
        return and(
                "meta l4proto " + protocol,
                Field.L4PROTO.load(Expression.FIRST_REGISTER),
                Expression.compare(Expression.EQUAL, new Datum.Transport(protocol).bytes()));
    }

    /** From these addresses, and with it of their family. */
    public Rule saddr(IpPrefix addresses) {
        return address("saddr", addresses, Expression.EQUAL);
    }

    public Rule saddrNot(IpPrefix addresses) {
        return address("saddr", addresses, Expression.NOT_EQUAL);
    }

    /** To these addresses, and with it of their family. */
    public Rule daddr(IpPrefix addresses) {
        return address("daddr", addresses, Expression.EQUAL);
    }

    public Rule daddrNot(IpPrefix addresses) {
        return address("daddr", addresses, Expression.NOT_EQUAL);
    }

    private Rule address(String side, IpPrefix addresses, int operation) {
        boolean four = addresses.family() == IpFamily.IPV4;
        Field field = switch (side) {
            case "saddr" -> four ? Field.IP_SADDR : Field.IP6_SADDR;
            default -> four ? Field.IP_DADDR : Field.IP6_DADDR;
        };
        Rule ofFamily = nfproto(addresses.family());
        String text =
                join(this.text, field.text() + (operation == Expression.NOT_EQUAL ? " != " : " ") + words(addresses));
        byte[] network = addresses.network().address().getAddress();
        List<Expression> more = new ArrayList<>(ofFamily.expressions);
        more.add(field.load(Expression.FIRST_REGISTER));
        if (addresses.length() < network.length * 8) {
            byte[] mask = new byte[network.length];
            for (int bit = 0; bit < addresses.length(); bit++) {
                mask[bit / 8] |= (byte) (0x80 >> bit % 8);
            }
            more.add(Expression.mask(mask));
        }
        more.add(Expression.compare(operation, network));
        return new Rule(more, text, comment);
    }

    private static String words(IpPrefix addresses) {
        return addresses.equals(IpPrefix.host(addresses.address()))
                ? IpPrefix.text(addresses.address())
                : addresses.network().toString();
    }

    /** From this port, and with it of this protocol. */
    public Rule sport(Protocol protocol, int port) {
        return port(protocol, Field.SPORT, "sport", port);
    }

    /** To this port, and with it of this protocol. */
    public Rule dport(Protocol protocol, int port) {
        return port(protocol, Field.DPORT, "dport", port);
    }

    private Rule port(Protocol protocol, Field field, String word, int port) {
        return l4proto(protocol)
                .and("", field.load(Expression.FIRST_REGISTER))
                .and("", Expression.compare(Expression.EQUAL, new Datum.Port(port).bytes()))
                .described(join(text, protocol + " " + word + " " + port));
    }

    /** To a port from first to last, both meant, and with it of this protocol. */
    public Rule dports(Protocol protocol, int first, int last) {
        return l4proto(protocol)
                .and("", Field.DPORT.load(Expression.FIRST_REGISTER))
                .and("", Expression.compare(Expression.AT_LEAST, new Datum.Port(first).bytes()))
                .and("", Expression.compare(Expression.AT_MOST, new Datum.Port(last).bytes()))
                .described(join(text, protocol + " dport " + first + "-" + last));
    }

    /** Of a connection in one of these states. */
    public Rule ctState(CtState... states) {
        int bits = Arrays.stream(states).mapToInt(state -> state.bit).reduce(0, (a, b) -> a | b);
        return anyBit("ct state", Arrays.asList(states), Expression.CT_STATE, bits);
    }

    /** Of a connection with one of these. */
    public Rule ctStatus(CtStatus... statuses) {
        int bits = Arrays.stream(statuses).mapToInt(status -> status.bit).reduce(0, (a, b) -> a | b);
        return anyBit("ct status", Arrays.asList(statuses), Expression.CT_STATUS, bits);
    }

    private Rule anyBit(String what, List<? extends Enum<?>> which, int key, int bits) {
        return and(
                what + " "
                        + which.stream()
                                .map(value -> value.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(",")),
                Expression.ct(key),
                Expression.mask(Expression.number(bits)),
                Expression.compare(Expression.NOT_EQUAL, Expression.number(0)));
    }

    /** To an address of the host's own. */
    public Rule toLocalAddress() {
        return destinationType("fib daddr type local", Expression.EQUAL);
    }

    public Rule notToLocalAddress() {
        return destinationType("fib daddr type != local", Expression.NOT_EQUAL);
    }

    private Rule destinationType(String words, int operation) {
        return and(words, Expression.fibDestinationType(), Expression.compare(operation, Expression.number(RTN_LOCAL)));
    }

    /** These fields together are in a set; where one is of a family, the packet is of that. */
    public Rule in(NamedSet set, Field... fields) {
        return look(set, fields, "", Expression.member(set.name(), false));
    }

    public Rule notIn(NamedSet set, Field... fields) {
        return look(set, fields, "!= ", Expression.member(set.name(), true));
    }

    /** Does what a map has for these fields; where it has nothing the next rule's turn comes. */
    public Rule vmap(NamedSet map, Field... fields) {
        return look(map, fields, "vmap ", Expression.verdict(map.name()));
    }

    private Rule look(NamedSet set, Field[] fields, String operator, Expression lookup) {
        Rule loaded = load(set, fields);
        return loaded.and("", lookup).described(join(text, words(fields) + " " + operator + "@" + set.name()));
    }

    private Rule load(NamedSet set, Field... fields) {
        if (!Arrays.stream(fields).map(Field::type).toList().equals(set.key())) {
            throw new IllegalArgumentException(words(fields) + " can't be looked up in " + set);
        }
        Rule loaded = Arrays.stream(fields)
                .flatMap(field -> field.family().stream())
                .findFirst()
                .map(this::nfproto)
                .orElse(this);
        int register = Expression.FIRST_REGISTER;
        for (Field field : fields) {
            loaded = loaded.and("", field.load(register));
            register += field.type().registers();
        }
        return loaded;
    }

    private static String words(Field... fields) {
        return Arrays.stream(fields).map(Field::text).collect(Collectors.joining(" . "));
    }

    /** Sends a connection to another address. */
    public Rule dnat(InetAddress address) {
        return nat(true, address, Optional.empty());
    }

    /** Sends a connection to another address and port; which protocol it is of must have been asked. */
    public Rule dnat(InetAddress address, int port) {
        return nat(true, address, Optional.of(new Datum.Port(port)));
    }

    /** Has a connection come from another address. */
    public Rule snat(InetAddress address) {
        return nat(false, address, Optional.empty());
    }

    /** Has a connection come from another address and port; which protocol it is of must have been asked. */
    public Rule snat(InetAddress address, int port) {
        return nat(false, address, Optional.of(new Datum.Port(port)));
    }

    private Rule nat(boolean ofDestination, InetAddress address, Optional<Datum.Port> port) {
        IpFamily family = IpFamily.of(address);
        Rule loaded = and("", Expression.immediate(Expression.FIRST_REGISTER, address.getAddress()));
        if (port.isPresent()) {
            loaded = loaded.and(
                    "",
                    Expression.immediate(
                            Expression.FIRST_REGISTER + family.addressBytes() / 4,
                            port.get().bytes()));
        }
        String words = (ofDestination ? "dnat " : "snat ") + (family == IpFamily.IPV4 ? "ip" : "ip6") + " to ";
        words += port.map(p -> (family == IpFamily.IPV4 ? IpPrefix.text(address) : "[" + IpPrefix.text(address) + "]")
                        + ":" + p.number())
                .orElseGet(() -> IpPrefix.text(address));
        return loaded.and("", Expression.nat(ofDestination, family, port.isPresent()))
                .described(join(text, words));
    }

    /**
     * Sends a connection to where a map has for these fields: to an address, or an address and a port. Where it has nothing
     * the next rule's turn comes.
     */
    public Rule dnat(NamedSet map, Field... fields) {
        if (!(map.content() instanceof NamedSet.Content.Values(List<DataType> types))
                || !types.getFirst().name().startsWith("IPV")) {
            throw new IllegalArgumentException("not a map to addresses: " + map);
        }
        IpFamily family = types.getFirst() == DataType.IPV4_ADDR ? IpFamily.IPV4 : IpFamily.IPV6;
        String words =
                "dnat " + (family == IpFamily.IPV4 ? "ip" : "ip6") + " to " + words(fields) + " map @" + map.name();
        return load(map, fields)
                .and("", Expression.value(map.name()))
                .and("", Expression.nat(true, family, types.size() > 1))
                .described(join(text, words));
    }

    /** Has a connection come from the address of the interface that it goes out by. */
    public Rule masquerade() {
        return and("masquerade", Expression.masquerade());
    }

    /** Sends a connection to a port of the host's own; which protocol it is of must have been asked. */
    public Rule redirect(int port) {
        return and(
                "redirect to :" + port,
                Expression.immediate(Expression.FIRST_REGISTER, new Datum.Port(port).bytes()),
                Expression.redirect());
    }

    /**
     * Writes another port over the one that the packet comes from, without a thought for the connection that it is of.
     *
     * @param protocol TCP or UDP; that the packet is of it must have been asked
     */
    public Rule setSport(Protocol protocol, int port) {
        return setPort(protocol, "sport", 0, port);
    }

    /** Writes another port over the one that the packet goes to: as {@link #setSport}. */
    public Rule setDport(Protocol protocol, int port) {
        return setPort(protocol, "dport", 2, port);
    }

    private Rule setPort(Protocol protocol, String word, int offset, int port) {
        byte[] value = new Datum.Port(port).bytes();
        int checksumOffset = switch (protocol) {
            case TCP -> 16;
            case UDP -> 6;
            case SCTP -> throw new IllegalArgumentException("SCTP's checksum cannot be put right by a rule");
        };
        return and(
                protocol + " " + word + " set " + port,
                Expression.immediate(Expression.FIRST_REGISTER, value),
                Expression.writeTransport(offset, value.length, checksumOffset));
    }

    /** Counts packets and bytes. */
    public Rule counter() {
        return and("counter", Expression.counter());
    }

    public Rule accept() {
        return verdict(new Verdict.Accept());
    }

    public Rule drop() {
        return verdict(new Verdict.Drop());
    }

    /** Drops it, and tells its sender. */
    public Rule reject() {
        return and("reject", Expression.reject());
    }

    public Rule jump(String chain) {
        return verdict(new Verdict.Jump(chain));
    }

    public Rule returns() {
        return verdict(new Verdict.Return());
    }

    public Rule verdict(Verdict verdict) {
        return and(verdict.text(), Expression.verdict(verdict));
    }

    /** The same with a comment, in the place of the one that it has. */
    public Rule comment(String comment) {
        return new Rule(expressions, text, Optional.of(comment));
    }

    private Rule and(String words, Expression... more) {
        List<Expression> all = new ArrayList<>(expressions);
        all.addAll(List.of(more));
        return new Rule(all, join(text, words), comment);
    }

    private Rule described(String text) {
        return new Rule(expressions, text, comment);
    }

    private static String join(String first, String second) {
        return first.isEmpty() || second.isEmpty() ? first + second : first + " " + second;
    }

    /** As nft(8) has it. */
    @Override
    public String toString() {
        return text + comment.map(words -> " comment \"" + words + '"').orElse("");
    }
}
