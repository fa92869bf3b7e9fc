package dev.berth.linux.nftables;

import java.util.Set;

/**
 * A chain by which a host drops what it would forward and no rule of the chain has accepted: ufw's, a Docker's, an
 * administrator's. What one table accepts, another may still drop, so that such a chain has the last word.
 *
 * @param family as nft names it: {@code inet}, {@code ip}, {@code ip6}
 * @param interfaces which rules of its table name, with {@code *} for all that begin so; those in sets are not among them
 */
public record ForwardDrop(String family, String table, String chain, Set<String> interfaces) {
    public ForwardDrop {
        interfaces = Set.copyOf(interfaces);
    }

    /** Whether a rule of the table speaks of this interface: whoever wrote it has thought of it. */
    public boolean names(String link) {
        return interfaces.stream()
                .anyMatch(named -> named.endsWith("*")
                        ? link.startsWith(named.substring(0, named.length() - 1))
                        : link.equals(named));
    }

    /** The commands by which an administrator lets pass what comes from an interface, and what goes to it. */
    public String remedy(String link) {
        if (chain.equals("FORWARD") && table.equals("filter") && !family.equals("inet")) {
            String insert = (family.equals("ip6") ? "ip6tables" : "iptables") + " -I FORWARD ";
            return insert + "-i " + link + " -j ACCEPT; " + insert + "-o " + link + " -j ACCEPT";
        }
        String insert = "nft insert rule " + this + " ";
        return insert + "iifname " + link + " accept; " + insert + "oifname " + link + " accept";
    }

    /** As nft names it. */
    @Override
    public String toString() {
        return family + " " + table + " " + chain;
    }
}
