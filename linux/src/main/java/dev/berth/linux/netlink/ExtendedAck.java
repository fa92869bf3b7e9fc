package dev.berth.linux.netlink;

/** What the kernel says of an error beyond its number (NETLINK_EXT_ACK of netlink(7)). */
final class ExtendedAck {
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;

    private ExtendedAck() {}

    /** The words of an NLMSG_ERROR or NLMSG_DONE; blank where there are none. */
    static String explanation(Message error) {
        if ((error.flags() & NLM_F_ACK_TLVS) == 0) {
            return "";
        }
        if (error.type() == NetlinkSocket.NLMSG_DONE) {
            return error.attributes(Integer.BYTES).string(NLMSGERR_ATTR_MSG).orElse("");
        }
        // After the number comes the request that failed, whole or its header.
        int request = (error.flags() & NLM_F_CAPPED) != 0
                ? MessageBuilder.HEADER_BYTES
                : Message.aligned(Math.max(0, error.u32(Integer.BYTES)));
        return error.attributes(Integer.BYTES + request)
                .string(NLMSGERR_ATTR_MSG)
                .orElse("");
    }
}
