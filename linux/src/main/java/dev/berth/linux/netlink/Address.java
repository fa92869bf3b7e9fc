package dev.berth.linux.netlink;

/**
 * An address of an interface.
 *
 * @param link the interface's index
 * @param flags IFA_F_* of {@code linux/if_addr.h}
 */
public record Address(int link, IpPrefix prefix, int flags) {
    private static final int IFA_F_TENTATIVE = 0x40;

    /** Whether it is still being found out that nobody else has it: it can't be used yet. */
    public boolean isTentative() {
        return (flags & IFA_F_TENTATIVE) != 0;
    }
}
