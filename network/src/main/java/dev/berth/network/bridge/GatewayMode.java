package dev.berth.network.bridge;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a network is reached from outside of it, for one family (Docker's {@code gateway_mode_ipv4}). */
public enum GatewayMode {
    /** By address translation, at published ports alone. */
    NAT,
    /** By address translation, and at all ports by whoever routes to it. */
    NAT_UNPROTECTED,
    /** Without address translation, at published ports of its own addresses. */
    ROUTED,
    /** Not at all: the host has no address in it either. Only for internal networks. */
    ISOLATED;

    /** By Docker's name. */
    public static Optional<GatewayMode> parse(String text) {
        return Arrays.stream(values())
                .filter(mode -> mode.toString().equals(text))
                .findFirst();
    }

    /** {@code nat-unprotected}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
