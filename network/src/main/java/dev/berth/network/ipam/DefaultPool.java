package dev.berth.network.ipam;

import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Addresses that networks are given which ask for none (Docker's {@code default-address-pools}).
 *
 * @param base what is divided
 * @param bits the length of the prefix of each part
 */
public record DefaultPool(IpPrefix base, int bits) {
    private static final int ULA_NETWORK_BITS = 48;
    private static final int ULA_GLOBAL_ID_BYTES = 5;

    public DefaultPool {
        base = base.masked();
        if (bits < base.bits() || bits > base.family().bits()) {
            throw new IllegalArgumentException("a pool " + base + " has no parts of " + bits + " bits");
        }
    }

    /** Docker's own, and for IPv6 a block of unique local addresses (RFC 4193) that is always the same on one host. */
    public static List<DefaultPool> docker(String hostId) {
        List<DefaultPool> pools = new ArrayList<>(Stream.of(
                        "172.17.0.0/16",
                        "172.18.0.0/16",
                        "172.19.0.0/16",
                        "172.20.0.0/14",
                        "172.24.0.0/14",
                        "172.28.0.0/14")
                .map(base -> new DefaultPool(IpPrefix.of(base), 16))
                .toList());
        pools.add(new DefaultPool(IpPrefix.of("192.168.0.0/16"), 20));
        pools.add(new DefaultPool(uniqueLocal(hostId), 64));
        return List.copyOf(pools);
    }

    private static IpPrefix uniqueLocal(String hostId) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(hostId.getBytes(StandardCharsets.UTF_8));
            byte[] address = new byte[16];
            address[0] = (byte) 0xfd;
            // Docker takes the lower 40 of the digest's first 64 bits.
            byte[] globalId = Arrays.copyOfRange(digest, Long.BYTES - ULA_GLOBAL_ID_BYTES, Long.BYTES);
            System.arraycopy(globalId, 0, address, 1, globalId.length);
            return new IpPrefix(IpAddress.of(address), ULA_NETWORK_BITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The same addresses in parts of another length, where that is possible. */
    Optional<DefaultPool> inPartsOf(int otherBits) {
        return otherBits >= base.bits() && otherBits <= base.family().bits()
                ? Optional.of(new DefaultPool(base, otherBits))
                : Optional.empty();
    }

    /** The first part that shares no address with any of those taken. */
    Optional<IpPrefix> firstFree(List<IpPrefix> taken) {
        BigInteger step = BigInteger.ONE.shiftLeft(base.family().bits() - bits);
        IpPrefix part = new IpPrefix(base.address(), bits);
        while (base.contains(part)) {
            IpPrefix candidate = part;
            List<IpPrefix> inTheWay = taken.stream().filter(candidate::overlaps).toList();
            if (inTheWay.isEmpty()) {
                return Optional.of(candidate);
            }
            BigInteger next = inTheWay.stream()
                    .map(prefix -> prefix.last().value())
                    .reduce(candidate.last().value(), BigInteger::max)
                    .add(BigInteger.ONE);
            // A part that was taken may end within one of ours: go on with the next whole one.
            BigInteger aligned =
                    next.add(step).subtract(BigInteger.ONE).divide(step).multiply(step);
            if (aligned.bitLength() > base.family().bits()) {
                break;
            }
            part = new IpPrefix(new IpAddress(base.family(), aligned), bits);
        }
        return Optional.empty();
    }
}
