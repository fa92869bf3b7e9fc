package dev.berth.network.nat;

import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.IpPrefix;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.nftables.Chain;
import dev.berth.linux.nftables.Nftables;
import dev.berth.linux.nftables.Protocol;
import dev.berth.linux.nftables.Rule;
import dev.berth.linux.nftables.Table;
import dev.berth.linux.nftables.Transaction;
import dev.berth.network.NetworkException;
import dev.berth.network.dns.Resolver;
import dev.berth.network.dns.ResolverLoop;
import dev.berth.network.dns.Upstream;

/**
 * Leads port 53 at the resolver's address to the ports that the resolver has, within a container's network namespace. So no
 * port that a program of the container's may want is taken. The ports are written over in each packet: to translate
 * addresses would have the kernel track every connection of the container's, which costs each packet more.
 */
public final class ResolverRedirect {
    private static final Table TABLE = new Table("berth-dns");
    private static final String QUESTIONS = "questions";
    private static final String ANSWERS = "answers";
    private static final IpPrefix ADDRESS = IpPrefix.host(ResolverLoop.ADDRESS.inet());

    private ResolverRedirect() {}

    /**
     * Makes the rules, in the place of those that an earlier engine has made.
     *
     * @throws NetworkException FAILED where the kernel has no nftables: the resolver can be opened at port 53 itself then
     */
    public static void install(NetworkNamespace container, Resolver resolver) {
        Transaction rules = new Transaction(TABLE)
                .addTable()
                .deleteTable()
                .addTable()
                // Who tracks connections in there sees port 53 both ways: these chains are after and before the
                // tracking.
                .addChain(chain(QUESTIONS, Chain.Base.MANGLE))
                .addChain(chain(ANSWERS, Chain.Base.RAW));
        addRules(rules, Protocol.UDP, resolver.datagramPort());
        addRules(rules, Protocol.TCP, resolver.connectionPort());
        try (Nftables nftables = Nftables.open(container)) {
            nftables.commit(rules);
        } catch (LinuxException e) {
            throw NetworkException.failed(
                    "lead port " + Upstream.PORT + " to the resolver of a container: " + e.getMessage(), e);
        }
    }

    private static Chain.Base chain(String name, int priority) {
        return new Chain.Base(name, Chain.Type.FILTER, Chain.Hook.OUTPUT, priority, Chain.Policy.ACCEPT);
    }

    private static void addRules(Transaction rules, Protocol protocol, int port) {
        rules.addRule(
                        QUESTIONS,
                        Rule.EMPTY.daddr(ADDRESS).dport(protocol, Upstream.PORT).setDport(protocol, port))
                .addRule(
                        ANSWERS, Rule.EMPTY.saddr(ADDRESS).sport(protocol, port).setSport(protocol, Upstream.PORT));
    }
}
