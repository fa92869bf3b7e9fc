package dev.berth.network.nat;

import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.IpPrefix;
import dev.berth.linux.nftables.Chain;
import dev.berth.linux.nftables.DataType;
import dev.berth.linux.nftables.Datum;
import dev.berth.linux.nftables.Element;
import dev.berth.linux.nftables.Field;
import dev.berth.linux.nftables.NamedSet;
import dev.berth.linux.nftables.Protocol;
import dev.berth.linux.nftables.Rule;
import dev.berth.linux.nftables.Rule.CtState;
import dev.berth.linux.nftables.Rule.CtStatus;
import dev.berth.linux.nftables.Table;
import dev.berth.linux.nftables.Transaction;
import dev.berth.network.address.Family;
import dev.berth.network.bridge.GatewayMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table's whole content for some networks and ports: the chains are always the same, and what differs is in sets and
 * maps, which the kernel looks up in one step whatever their size. Only what translates the sources of each network is a
 * rule a network.
 *
 * @param sets what is in each set and map
 * @param sources the rules of the chain that translates sources
 */
record Ruleset(Map<NamedSet, Set<Element>> sets, List<Rule> sources) {
    private static final String FORWARD = "forward";
    private static final String LEADING = "published";
    private static final String SOURCES = "sources";
    private static final String PREROUTING = "prerouting";
    private static final String OUTPUT = "output";
    private static final String POSTROUTING = "postrouting";
    private static final String RAW = "raw";

    private static final NamedSet BRIDGES = NamedSet.of("bridges", DataType.IFNAME);
    private static final NamedSet INTERNAL = NamedSet.of("internal", DataType.IFNAME);
    /** Bridges to themselves whose endpoints may reach each other. */
    private static final NamedSet WITHIN = NamedSet.of("within", DataType.IFNAME, DataType.IFNAME);

    /** Published ports, with the bridge that their endpoint is on. */
    private static final NamedSet OWN = NamedSet.of("own", DataType.IFNAME, DataType.INET_PROTO, DataType.INET_SERVICE);

    /** Interfaces that the host had when it began to forward. */
    static final NamedSet UPLINKS = NamedSet.of("uplinks", DataType.IFNAME);

    private static final NamedSet TRUSTED = NamedSet.of("trusted", DataType.IFNAME, DataType.IFNAME);
    private static final NamedSet LOOPBACK =
            NamedSet.of("loopback", DataType.IPV4_ADDR, DataType.INET_PROTO, DataType.INET_SERVICE);

    private static final Sets IPV4 = new Sets(Family.IPV4, DataType.IPV4_ADDR, Field.IP_DADDR, "4");
    private static final Sets IPV6 = new Sets(Family.IPV6, DataType.IPV6_ADDR, Field.IP6_DADDR, "6");

    /** What there is once a family. */
    private record Sets(
            Family family,
            Field destination,
            NamedSet open,
            NamedSet routed,
            NamedSet anywhere,
            NamedSet at,
            NamedSet reached) {
        Sets(Family family, DataType address, Field destination, String suffix) {
            this(
                    family,
                    destination,
                    NamedSet.of("open" + suffix, DataType.IFNAME),
                    NamedSet.of("routed" + suffix, DataType.IFNAME),
                    NamedSet.map(
                            "anywhere" + suffix,
                            List.of(DataType.INET_PROTO, DataType.INET_SERVICE),
                            List.of(address, DataType.INET_SERVICE)),
                    NamedSet.map(
                            "at" + suffix,
                            List.of(address, DataType.INET_PROTO, DataType.INET_SERVICE),
                            List.of(address, DataType.INET_SERVICE)),
                    NamedSet.of("reached" + suffix, address, DataType.INET_PROTO, DataType.INET_SERVICE));
        }

        static Sets of(Family family) {
            return family == Family.IPV4 ? IPV4 : IPV6;
        }

        IpFamily ipFamily() {
            return family == Family.IPV4 ? IpFamily.IPV4 : IpFamily.IPV6;
        }

        List<NamedSet> all() {
            return List.of(open, routed, anywhere, at, reached);
        }
    }

    /**
     * What the table is to be for these.
     *
     * @param uplinks interfaces between which nothing is forwarded
     */
    static Ruleset of(Collection<NetworkRules> networks, Collection<PublishedPort> ports, Collection<String> uplinks) {
        Ruleset ruleset = new Ruleset(new LinkedHashMap<>(), new ArrayList<>());
        List.of(BRIDGES, INTERNAL, WITHIN, OWN, UPLINKS, TRUSTED, LOOPBACK).forEach(ruleset::empty);
        IPV4.all().forEach(ruleset::empty);
        IPV6.all().forEach(ruleset::empty);
        uplinks.forEach(name -> ruleset.add(UPLINKS, Element.of(new Datum.Interface(name))));
        Map<String, NetworkRules> byBridge = new LinkedHashMap<>();
        for (NetworkRules network : networks) {
            byBridge.put(network.bridge(), network);
            ruleset.add(network);
        }
        for (PublishedPort port : ports) {
            NetworkRules network = byBridge.get(port.bridge());
            if (network != null && !network.internal()) {
                ruleset.add(port, network);
            }
        }
        return ruleset;
    }

    private void empty(NamedSet set) {
        sets.put(set, new LinkedHashSet<>());
    }

    private void add(NamedSet set, Element element) {
        sets.computeIfAbsent(set, key -> new LinkedHashSet<>()).add(element);
    }

    private void add(NetworkRules network) {
        Datum.Interface bridge = new Datum.Interface(network.bridge());
        add(BRIDGES, Element.of(bridge));
        if (network.interContainer()) {
            add(WITHIN, Element.of(bridge, bridge));
        }
        if (network.internal()) {
            add(INTERNAL, Element.of(bridge));
            return;
        }
        network.trusted().forEach(from -> add(TRUSTED, Element.of(new Datum.Interface(from), bridge)));
        for (NetworkRules.Subnet subnet : network.subnets()) {
            Sets family = Sets.of(subnet.prefix().family());
            switch (subnet.mode()) {
                case NAT_UNPROTECTED -> add(family.open, Element.of(bridge));
                case ROUTED -> add(family.routed, Element.of(bridge));
                case NAT, ISOLATED -> {}
            }
            if (subnet.masquerade() && subnet.mode() != GatewayMode.ROUTED) {
                Rule leaving = Rule.EMPTY
                        .oifnameNot(network.bridge())
                        .saddr(subnet.prefix().forLink());
                sources.add(subnet.hostAddress()
                        .map(address -> leaving.snat(address.inet()))
                        .orElseGet(leaving::masquerade));
            }
        }
    }

    private void add(PublishedPort port, NetworkRules network) {
        Family family = port.hostAddress().family();
        Datum protocol = new Datum.Transport(protocol(port));
        Datum hostPort = new Datum.Port(port.hostPort());
        Datum container = new Datum.Address(port.containerAddress().inet());
        Datum containerPort = new Datum.Port(port.containerPort());
        Datum host = new Datum.Address(port.hostAddress().inet());
        if (network.hasMode(port.containerAddress().family(), GatewayMode.ROUTED)) {
            add(Sets.of(port.containerAddress().family()).reached, Element.of(container, protocol, containerPort));
        } else if (port.hostAddress().isLoopback()) {
            // Never translated: a socket answers there. Who routes 127.0.0.1 to us must not get to it.
            if (family == Family.IPV4) {
                add(LOOPBACK, Element.of(host, protocol, hostPort));
            }
        } else if (port.containerAddress().family() == family) {
            Sets sets = Sets.of(family);
            add(OWN, Element.of(new Datum.Interface(port.bridge()), protocol, hostPort));
            if (port.hostAddress().isAny()) {
                add(sets.anywhere, Element.of(protocol, hostPort).to(container, containerPort));
            } else {
                add(sets.at, Element.of(host, protocol, hostPort).to(container, containerPort));
            }
        }
    }

    static Protocol protocol(PublishedPort port) {
        return switch (port.protocol()) {
            case TCP -> Protocol.TCP;
            case UDP -> Protocol.UDP;
            case SCTP -> Protocol.SCTP;
        };
    }

    /** Makes the table anew, in the place of the one that there may be. */
    Transaction whole(Table table) {
        Transaction all = new Transaction(table).addTable().deleteTable().addTable();
        sets.keySet().forEach(all::addSet);
        chains(all);
        sets.forEach((set, elements) -> all.addElements(set, List.copyOf(elements)));
        forward(all);
        translate(all);
        all.addRule(
                RAW,
                Rule.EMPTY
                        .iifnameNot("lo")
                        .in(LOOPBACK, Field.IP_DADDR, Field.L4PROTO, Field.DPORT)
                        .drop());
        return all;
    }

    private static void chains(Transaction all) {
        all.addChain(new Chain.Regular(LEADING));
        all.addChain(new Chain.Regular(SOURCES));
        all.addChain(
                new Chain.Base(FORWARD, Chain.Type.FILTER, Chain.Hook.FORWARD, Chain.Base.FILTER, Chain.Policy.ACCEPT));
        all.addChain(new Chain.Base(
                PREROUTING, Chain.Type.NAT, Chain.Hook.PREROUTING, Chain.Base.DSTNAT, Chain.Policy.ACCEPT));
        all.addChain(new Chain.Base(OUTPUT, Chain.Type.NAT, Chain.Hook.OUTPUT, Chain.Base.DSTNAT, Chain.Policy.ACCEPT));
        all.addChain(new Chain.Base(
                POSTROUTING, Chain.Type.NAT, Chain.Hook.POSTROUTING, Chain.Base.SRCNAT, Chain.Policy.ACCEPT));
        all.addChain(
                new Chain.Base(RAW, Chain.Type.FILTER, Chain.Hook.PREROUTING, Chain.Base.RAW, Chain.Policy.ACCEPT));
    }

    /** Who reaches whom. Accepting here hinders no other table from refusing. */
    private static void forward(Transaction all) {
        all.addRule(
                FORWARD,
                Rule.EMPTY.ctState(CtState.ESTABLISHED, CtState.RELATED).accept());
        all.addRule(FORWARD, Rule.EMPTY.in(WITHIN, Field.IIFNAME, Field.OIFNAME).accept());
        all.addRule(FORWARD, Rule.EMPTY.in(INTERNAL, Field.IIFNAME).drop());
        all.addRule(FORWARD, Rule.EMPTY.in(INTERNAL, Field.OIFNAME).drop());
        // Only what came to a published port was translated: whoever routes to a container's own address was not.
        all.addRule(
                FORWARD,
                Rule.EMPTY.in(BRIDGES, Field.OIFNAME).ctStatus(CtStatus.DNAT).accept());
        all.addRule(
                FORWARD, Rule.EMPTY.in(TRUSTED, Field.IIFNAME, Field.OIFNAME).accept());
        for (Sets family : List.of(IPV4, IPV6)) {
            all.addRule(
                    FORWARD,
                    Rule.EMPTY
                            .in(family.reached, family.destination, Field.L4PROTO, Field.DPORT)
                            .accept());
            all.addRule(
                    FORWARD,
                    Rule.EMPTY
                            .nfproto(family.ipFamily())
                            .in(family.open, Field.OIFNAME)
                            .accept());
        }
        all.addRule(FORWARD, Rule.EMPTY.in(BRIDGES, Field.OIFNAME).drop());
        all.addRule(
                FORWARD,
                Rule.EMPTY.in(UPLINKS, Field.IIFNAME).in(UPLINKS, Field.OIFNAME).drop());
    }

    /** By which address. The loopback interface's are left to sockets: the kernel lets no such packet leave the host. */
    private void translate(Transaction all) {
        all.addRule(PREROUTING, Rule.EMPTY.toLocalAddress().jump(LEADING));
        all.addRule(
                OUTPUT,
                Rule.EMPTY
                        .daddrNot(IpPrefix.parse("127.0.0.0/8"))
                        .toLocalAddress()
                        .jump(LEADING));
        all.addRule(
                OUTPUT,
                Rule.EMPTY.daddrNot(IpPrefix.parse("::1/128")).toLocalAddress().jump(LEADING));
        // A link-local client means nothing beyond its link.
        all.addRule(LEADING, Rule.EMPTY.saddr(IpPrefix.parse("fe80::/10")).returns());
        // What goes from a bridge back to it would be answered past us: a socket answers there, too.
        all.addRule(
                LEADING,
                Rule.EMPTY.in(OWN, Field.IIFNAME, Field.L4PROTO, Field.DPORT).returns());
        for (Sets family : List.of(IPV4, IPV6)) {
            all.addRule(LEADING, Rule.EMPTY.dnat(family.at, family.destination, Field.L4PROTO, Field.DPORT));
            all.addRule(
                    LEADING, Rule.EMPTY.nfproto(family.ipFamily()).dnat(family.anywhere, Field.L4PROTO, Field.DPORT));
        }
        all.addRule(POSTROUTING, Rule.EMPTY.jump(SOURCES));
        sources.forEach(rule -> all.addRule(SOURCES, rule));
    }

    /** What makes this table out of another; empty where they are alike. */
    Transaction since(Ruleset before, Table table) {
        Transaction changes = new Transaction(table);
        sets.forEach((set, elements) -> {
            Set<Element> old = before.sets.getOrDefault(set, Set.of());
            List<Element> gone =
                    old.stream().filter(element -> !elements.contains(element)).toList();
            List<Element> come =
                    elements.stream().filter(element -> !old.contains(element)).toList();
            if (!gone.isEmpty()) {
                changes.deleteElements(set, gone);
            }
            if (!come.isEmpty()) {
                changes.addElements(set, come);
            }
        });
        if (!sources.equals(before.sources)) {
            changes.flushChain(SOURCES);
            sources.forEach(rule -> changes.addRule(SOURCES, rule));
        }
        return changes;
    }
}
