package dev.berth.network.ipam;

import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The subnets of all networks of one engine: no address is in two of them. Keeps nothing; after a restart each network asks
 * again for the subnet that it had, and takes its addresses by value. Safe for use by many threads.
 */
public final class AddressPlan {
    private final List<DefaultPool> defaults;
    private final List<Subnet> subnets = new ArrayList<>();

    /** @param defaults what networks get that ask for no addresses, in this order */
    public AddressPlan(List<DefaultPool> defaults) {
        this.defaults = List.copyOf(defaults);
    }

    /**
     * Gives a network a subnet, with its gateway and auxiliary addresses taken in it.
     *
     * @param avoid what a subnet that is chosen here must not overlap: the host's routes and name servers. One that is
     *     asked for by value may: whoever asks knows better.
     * @throws NetworkException where it overlaps another's, none is left, or an address cannot be had; nothing is taken then
     */
    public synchronized Subnet request(SubnetRequest request, Collection<IpPrefix> avoid) {
        Optional<IpPrefix> asked =
                request.subnet().filter(subnet -> !subnet.address().isAny());
        if (asked.isEmpty() && request.range().isPresent()) {
            throw NetworkException.invalid("invalid address subpool");
        }
        IpPrefix prefix = asked.map(IpPrefix::masked).orElseGet(() -> choose(request, avoid));
        if (subnets.stream().anyMatch(subnet -> subnet.prefix().overlaps(prefix))) {
            throw NetworkException.forbidden(
                    "invalid pool request: Pool overlaps with other one on this address space");
        }
        IpPrefix range = request.range().map(IpPrefix::masked).orElse(prefix);
        if (!prefix.contains(range)) {
            throw NetworkException.invalid("invalid address subpool");
        }
        Subnet subnet = new Subnet(prefix, range);
        subnet.reserve(request);
        subnets.add(subnet);
        return subnet;
    }

    /** Gives a subnet back, with all addresses in it. Idempotent. */
    public synchronized void release(Subnet subnet) {
        subnets.remove(subnet);
    }

    private IpPrefix choose(SubnetRequest request, Collection<IpPrefix> avoid) {
        List<IpPrefix> taken = Stream.concat(subnets.stream().map(Subnet::prefix), avoid.stream())
                .filter(prefix -> prefix.family() == request.family())
                .toList();
        List<DefaultPool> pools = defaults.stream()
                .filter(pool -> pool.base().family() == request.family())
                .flatMap(pool -> request.subnet()
                        .filter(size -> size.bits() > 0)
                        .map(size -> pool.inPartsOf(size.bits()).stream())
                        .orElse(Stream.of(pool)))
                .toList();
        if (pools.isEmpty()) {
            throw NetworkException.invalid("invalid address pool");
        }
        return pools.stream()
                .flatMap(pool -> pool.firstFree(taken).stream())
                .findFirst()
                .orElseThrow(() -> NetworkException.invalid("all predefined address pools have been fully subnetted"));
    }

    /**
     * Takes an address for an endpoint in the first of a network's subnets that has one.
     *
     * @param network its name and ID, for the error
     * @param subnets the network's, of one family
     * @param fixed the address that is wanted
     * @throws NetworkException FORBIDDEN, INVALID or EXHAUSTED, in Docker's words
     */
    public static Assignment assign(String network, Family family, List<Subnet> subnets, Optional<IpAddress> fixed) {
        for (Subnet subnet : subnets) {
            if (fixed.isPresent()) {
                if (subnet.prefix().contains(fixed.get())) {
                    return new Assignment(subnet, subnet.take(fixed.get()));
                }
                continue;
            }
            try {
                return new Assignment(subnet, subnet.takeAny());
            } catch (NetworkException e) {
                if (e.kind() != NetworkException.Kind.EXHAUSTED) {
                    throw e;
                }
            }
        }
        if (fixed.isPresent()) {
            throw NetworkException.invalid(
                    "invalid address " + fixed.get() + ": It does not belong to any of this network's subnets");
        }
        throw NetworkException.exhausted(
                "no available " + family + " addresses on this network's address pools: " + network);
    }

    /** An endpoint's address, and the subnet to which it is given back. */
    public record Assignment(Subnet subnet, IpAddress address) {
        /** The address with the length of its subnet's prefix, as an interface is given it. */
        public IpPrefix withPrefix() {
            return new IpPrefix(address, subnet.prefix().bits());
        }

        public void release() {
            subnet.release(address);
        }
    }
}
