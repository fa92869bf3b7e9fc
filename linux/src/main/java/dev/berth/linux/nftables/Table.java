package dev.berth.linux.nftables;

/** A table of the family inet: rules for IPv4 and IPv6. It stays until it is deleted, whoever made it. */
public record Table(String name) {
    public Table {
        Names.check("table", name);
    }

    @Override
    public String toString() {
        return "inet " + name;
    }
}
