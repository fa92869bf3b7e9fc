package dev.berth.network.ipam;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A set of addresses of one family as numbers, kept in runs: a network of a thousand endpoints is one entry, and one of
 * 2⁶⁴ addresses costs no more than its endpoints.
 */
final class AddressSet {
    /** The first and the last of each run; no two runs touch. */
    private final TreeMap<BigInteger, BigInteger> runs = new TreeMap<>();

    boolean contains(BigInteger address) {
        Map.Entry<BigInteger, BigInteger> run = runs.floorEntry(address);
        return run != null && run.getValue().compareTo(address) >= 0;
    }

    /** Puts an address in; false where it was there before. */
    boolean add(BigInteger address) {
        if (contains(address)) {
            return false;
        }
        BigInteger first = address;
        BigInteger last = address;
        Map.Entry<BigInteger, BigInteger> before = runs.lowerEntry(address);
        if (before != null && before.getValue().add(BigInteger.ONE).equals(address)) {
            first = before.getKey();
        }
        BigInteger behind = runs.remove(address.add(BigInteger.ONE));
        if (behind != null) {
            last = behind;
        }
        runs.put(first, last);
        return true;
    }

    /** Takes an address out; false where it was not there. */
    boolean remove(BigInteger address) {
        Map.Entry<BigInteger, BigInteger> run = runs.floorEntry(address);
        if (run == null || run.getValue().compareTo(address) < 0) {
            return false;
        }
        if (run.getKey().equals(address)) {
            runs.remove(address);
        } else {
            runs.put(run.getKey(), address.subtract(BigInteger.ONE));
        }
        if (run.getValue().compareTo(address) > 0) {
            runs.put(address.add(BigInteger.ONE), run.getValue());
        }
        return true;
    }

    /** The lowest address between two, both included, that is not in the set. */
    Optional<BigInteger> lowestMissing(BigInteger from, BigInteger to) {
        Map.Entry<BigInteger, BigInteger> run = runs.floorEntry(from);
        BigInteger candidate = run != null && run.getValue().compareTo(from) >= 0
                ? run.getValue().add(BigInteger.ONE)
                : from;
        return candidate.compareTo(to) <= 0 ? Optional.of(candidate) : Optional.empty();
    }

    /** How many addresses between two, both included, are in the set. */
    BigInteger count(BigInteger from, BigInteger to) {
        BigInteger count = BigInteger.ZERO;
        BigInteger start = Optional.ofNullable(runs.floorKey(from)).orElse(from);
        for (Map.Entry<BigInteger, BigInteger> run :
                runs.subMap(start, true, to, true).entrySet()) {
            BigInteger first = run.getKey().max(from);
            BigInteger last = run.getValue().min(to);
            if (first.compareTo(last) <= 0) {
                count = count.add(last.subtract(first)).add(BigInteger.ONE);
            }
        }
        return count;
    }
}
