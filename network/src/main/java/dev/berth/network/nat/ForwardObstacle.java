package dev.berth.network.nat;

import dev.berth.linux.nftables.ForwardDrop;
import java.util.List;

/**
 * What hinders containers although our own rules let them pass. We never touch another's rules: the administrator is told.
 *
 * @param bridges of the networks that it hinders
 */
record ForwardObstacle(ForwardDrop chain, List<String> bridges) {
    @Override
    public String toString() {
        return "nftables chain " + chain + " drops what is forwarded unless a rule of it accepts, and none names "
                + String.join(", ", bridges)
                + ": containers there do not reach other hosts, nor do these reach published ports; let them pass by: "
                + chain.remedy(bridges.getFirst())
                + (bridges.size() > 1 ? " (and so for each of them)" : "");
    }
}
