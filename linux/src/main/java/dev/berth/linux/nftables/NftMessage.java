package dev.berth.linux.nftables;

import dev.berth.linux.netlink.MessageBuilder;

/** The kinds of nf_tables messages, and what all begin with ({@code struct nfgenmsg}). */
final class NftMessage {
    static final int NEWTABLE = 0;
    static final int GETTABLE = 1;
    static final int DELTABLE = 2;
    static final int NEWCHAIN = 3;
    static final int GETCHAIN = 4;
    static final int DELCHAIN = 5;
    static final int NEWRULE = 6;
    static final int GETRULE = 7;
    static final int DELRULE = 8;
    static final int NEWSET = 9;
    static final int GETSET = 10;
    static final int DELSET = 11;
    static final int NEWSETELEM = 12;
    static final int GETSETELEM = 13;
    static final int DELSETELEM = 14;
    static final int NEWGEN = 15;

    static final int FIXED_BYTES = 4;
    /** NFPROTO_INET. */
    static final int INET = 1;

    private static final int NFNL_SUBSYS_NFTABLES = 10;
    private static final int NFNL_MSG_BATCH_BEGIN = 16;
    private static final int NFNL_MSG_BATCH_END = 17;

    private NftMessage() {}

    static MessageBuilder of(int kind, int flags) {
        return of(INET, kind, flags);
    }

    /** One about another family; 0 for all of them. */
    static MessageBuilder of(int family, int kind, int flags) {
        return new MessageBuilder(type(kind), flags).u8(family).u8(0).be16(0);
    }

    static int type(int kind) {
        return NFNL_SUBSYS_NFTABLES << 8 | kind;
    }

    static MessageBuilder batchBegin() {
        return new MessageBuilder(NFNL_MSG_BATCH_BEGIN, 0).u8(0).u8(0).be16(NFNL_SUBSYS_NFTABLES);
    }

    static MessageBuilder batchEnd() {
        return new MessageBuilder(NFNL_MSG_BATCH_END, 0).u8(0).u8(0).be16(NFNL_SUBSYS_NFTABLES);
    }
}
