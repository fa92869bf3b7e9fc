package dev.berth.network.ipam;

import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Whether the parts of a network's requests fit together, in Docker's words where they do not. */
public final class SubnetRules {
    private SubnetRules() {}

    /**
     * Checks all requests of a network; those without a subnet of their own are always right.
     *
     * @throws NetworkException INVALID, naming everything that is wrong
     */
    public static void check(List<SubnetRequest> requests) {
        List<String> errors = new ArrayList<>();
        for (SubnetRequest request : requests) {
            request.subnet()
                    .filter(subnet -> !subnet.address().isAny())
                    .ifPresent(subnet -> checkOne(request, subnet, errors));
        }
        if (!errors.isEmpty()) {
            throw NetworkException.invalid("invalid network config:\n"
                    + (errors.size() == 1 ? errors.getFirst() : "* " + String.join("\n* ", errors)));
        }
    }

    private static void checkOne(SubnetRequest request, IpPrefix subnet, List<String> errors) {
        if (!subnet.equals(subnet.masked())) {
            errors.add("invalid subnet " + subnet + ": it should be " + subnet.masked());
        }
        request.range().ifPresent(range -> checkRange(range, subnet, errors));
        request.gateway()
                .ifPresent(gateway -> checkAddress("invalid gateway " + gateway + ": ", gateway, subnet, errors));
        new TreeMap<>(request.auxiliary())
                .forEach((name, address) ->
                        checkAddress("invalid auxiliary address " + name + ": ", address, subnet, errors));
    }

    private static void checkRange(IpPrefix range, IpPrefix subnet, List<String> errors) {
        String invalid = "invalid ip-range " + range + ": ";
        if (range.family() != subnet.family()) {
            errors.add(invalid + "parent subnet is an " + block(subnet.family()));
            return;
        }
        if (range.bits() < subnet.bits()) {
            errors.add(invalid + "CIDR block is bigger than its parent subnet " + subnet);
        }
        if (!range.equals(range.masked())) {
            errors.add(invalid + "it should be " + range.masked());
        }
        if (!subnet.overlaps(range)) {
            errors.add(invalid + "parent subnet " + subnet + " doesn't contain ip-range");
        }
    }

    private static void checkAddress(String invalid, IpAddress address, IpPrefix subnet, List<String> errors) {
        if (address.family() != subnet.family()) {
            errors.add(invalid + "parent subnet is an " + block(subnet.family()));
        } else if (!subnet.contains(address)) {
            errors.add(invalid + "parent subnet " + subnet + " doesn't contain this address");
        }
    }

    private static String block(Family family) {
        return family + " block";
    }
}
