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
 * port that a program of the container's may want is taken.
 */
public final class ResolverRedirect {
    private static final Table TABLE = new Table("berth-dns");
    private static final String OUTPUT = "output";

    private ResolverRedirect() {}

    /**
     * Makes the rules, in the place of those that an earlier engine has made.
     *
     * @throws NetworkException FAILED where the kernel has no nftables: the resolver can be opened at port 53 itself then
     */
    public static void install(NetworkNamespace container, Resolver resolver) {
        Rule toResolver = Rule.EMPTY.daddr(IpPrefix.host(ResolverLoop.ADDRESS.inet()));
        Transaction rules = new Transaction(TABLE)
                .addTable()
                .deleteTable()
                .addTable()
                .addChain(new Chain.Base(
                        OUTPUT, Chain.Type.NAT, Chain.Hook.OUTPUT, Chain.Base.DSTNAT, Chain.Policy.ACCEPT))
                .addRule(
                        OUTPUT,
                        toResolver
                                .dport(Protocol.UDP, Upstream.PORT)
                                .dnat(ResolverLoop.ADDRESS.inet(), resolver.datagramPort()))
                .addRule(
                        OUTPUT,
                        toResolver
                                .dport(Protocol.TCP, Upstream.PORT)
                                .dnat(ResolverLoop.ADDRESS.inet(), resolver.connectionPort()));
        try (Nftables nftables = Nftables.open(container)) {
            nftables.commit(rules);
        } catch (LinuxException e) {
            throw NetworkException.failed(
                    "lead port " + Upstream.PORT + " to the resolver of a container: " + e.getMessage(), e);
        }
    }
}
