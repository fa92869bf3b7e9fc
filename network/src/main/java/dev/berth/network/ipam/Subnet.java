package dev.berth.network.ipam;

import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;

/**
 * The addresses of one network's subnet, and which of them are taken. Given out is the lowest that is free, as Docker
 * does it. Safe for use by many threads.
 */
public final class Subnet {
    private final IpPrefix prefix;
    private final IpPrefix range;
    private final AddressSet taken = new AddressSet();
    private Optional<IpAddress> gateway = Optional.empty();
    private Map<String, IpAddress> auxiliary = Map.of();

    Subnet(IpPrefix prefix, IpPrefix range) {
        this.prefix = prefix;
        this.range = range;
        // A block's first address is the block itself, and its last one everybody in it: but not where there are two
        // (RFC 3021).
        if (prefix.family() == Family.IPV6 || prefix.freeBits() > 1) {
            taken.add(prefix.first().value());
        }
        if (prefix.family() == Family.IPV4 && prefix.freeBits() > 1) {
            taken.add(prefix.last().value());
        }
    }

    /** Takes the addresses that nobody is to be given. */
    void reserve(SubnetRequest request) {
        if (request.wantsGateway()) {
            try {
                gateway = Optional.of(
                        request.gateway().isPresent() ? take(request.gateway().get()) : takeAny());
            } catch (NetworkException e) {
                throw NetworkException.failed(
                        "failed to allocate gateway ("
                                + request.gateway().map(IpAddress::toString).orElse("") + "): " + e.getMessage(),
                        e);
            }
        }
        request.auxiliary().forEach((name, address) -> {
            if (!prefix.contains(address)) {
                throw NetworkException.forbidden(
                        "auxiliary address: (" + name + ":" + address + ") must belong to the master pool: " + prefix);
            }
            try {
                take(address);
            } catch (NetworkException e) {
                throw NetworkException.failed(
                        "failed to allocate secondary ip address (" + name + ":" + address + "): " + e.getMessage(), e);
            }
        });
        auxiliary = request.auxiliary();
    }

    /** The block, without the bits of an address. */
    public IpPrefix prefix() {
        return prefix;
    }

    /** The part from which addresses are given; the whole block where no part was asked for. */
    public IpPrefix range() {
        return range;
    }

    public Optional<IpAddress> gateway() {
        return gateway;
    }

    public Map<String, IpAddress> auxiliary() {
        return auxiliary;
    }

    /**
     * Takes the lowest free address of the range.
     *
     * @throws NetworkException EXHAUSTED where there is none
     */
    public synchronized IpAddress takeAny() {
        BigInteger lowest = taken.lowestMissing(
                        range.first().value(), range.last().value())
                .orElseThrow(() -> NetworkException.exhausted("no available addresses on this pool"));
        taken.add(lowest);
        return new IpAddress(prefix.family(), lowest);
    }

    /**
     * Takes this address, in the range or not.
     *
     * @throws NetworkException FORBIDDEN where it is taken, INVALID where it is none of the block
     */
    public synchronized IpAddress take(IpAddress address) {
        if (!prefix.contains(address)) {
            throw NetworkException.invalid("requested address is out of range");
        }
        if (!taken.add(address.value())) {
            throw NetworkException.forbidden("Address already in use");
        }
        return address;
    }

    /** Gives an address back. Of one that is not taken, nothing happens. */
    public synchronized void release(IpAddress address) {
        if (prefix.contains(address)) {
            taken.remove(address.value());
        }
    }

    public synchronized boolean isTaken(IpAddress address) {
        return prefix.contains(address) && taken.contains(address.value());
    }

    /** How many addresses of the block nobody can be given any more, those of nobody included. */
    public synchronized BigInteger inUse() {
        return taken.count(prefix.first().value(), prefix.last().value());
    }

    /** How many addresses are left to be given that are not asked for by value. */
    public synchronized BigInteger available() {
        return range.size()
                .subtract(taken.count(range.first().value(), range.last().value()));
    }
}
