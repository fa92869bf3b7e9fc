package dev.berth.network.ipam;

import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import java.util.Map;
import java.util.Optional;

/**
 * What a network asks of one subnet (Docker's {@code IPAMConfig}).
 *
 * @param subnet the addresses; {@code 0.0.0.0/24} asks for any of that size; without it any of the usual size is given
 * @param range the part from which addresses are given that are not asked for by value
 * @param gateway the address of the network's own end; without it the first of the range
 * @param wantsGateway whether there is such an address at all
 * @param auxiliary addresses that somebody else has, by names that are kept
 */
public record SubnetRequest(
        Family family,
        Optional<IpPrefix> subnet,
        Optional<IpPrefix> range,
        Optional<IpAddress> gateway,
        boolean wantsGateway,
        Map<String, IpAddress> auxiliary) {
    public SubnetRequest {
        auxiliary = Map.copyOf(auxiliary);
    }

    /** Any subnet, with a gateway. */
    public static SubnetRequest any(Family family) {
        return new SubnetRequest(family, Optional.empty(), Optional.empty(), Optional.empty(), true, Map.of());
    }

    /** This subnet, with a gateway. */
    public static SubnetRequest of(IpPrefix subnet) {
        return new SubnetRequest(
                subnet.family(), Optional.of(subnet), Optional.empty(), Optional.empty(), true, Map.of());
    }

    public SubnetRequest withRange(IpPrefix newRange) {
        return new SubnetRequest(family, subnet, Optional.of(newRange), gateway, wantsGateway, auxiliary);
    }

    public SubnetRequest withGateway(IpAddress newGateway) {
        return new SubnetRequest(family, subnet, range, Optional.of(newGateway), true, auxiliary);
    }

    public SubnetRequest withoutGateway() {
        return new SubnetRequest(family, subnet, range, Optional.empty(), false, auxiliary);
    }

    public SubnetRequest withAuxiliary(Map<String, IpAddress> newAuxiliary) {
        return new SubnetRequest(family, subnet, range, gateway, wantsGateway, newAuxiliary);
    }
}
