package dev.berth.linux.nftables;

import dev.berth.linux.netlink.MessageBuilder;

/** What becomes of a packet. */
public sealed interface Verdict {
    /** It goes on; later chains of the same hook see it still. */
    record Accept() implements Verdict {}

    /** It is gone. */
    record Drop() implements Verdict {}

    /** Back to the chain that it came from, or the policy. */
    record Return() implements Verdict {}

    /** To another chain, and back. */
    record Jump(String chain) implements Verdict {}

    /** To another chain, for good. */
    record Goto(String chain) implements Verdict {}

    /** NFTA_DATA_VERDICT. */
    private static void put(MessageBuilder data, int code, String chain) {
        data.nested(2, verdict -> {
            verdict.putBe32(1, code);
            if (!chain.isEmpty()) {
                verdict.putString(2, chain);
            }
        });
    }

    /** Puts it as data. */
    default void put(MessageBuilder data) {
        switch (this) {
            case Drop _ -> put(data, 0, "");
            case Accept _ -> put(data, 1, "");
            case Jump(String chain) -> put(data, -3, chain);
            case Goto(String chain) -> put(data, -4, chain);
            case Return _ -> put(data, -5, "");
        }
    }

    /** As nft(8) writes it. */
    default String text() {
        return switch (this) {
            case Drop _ -> "drop";
            case Accept _ -> "accept";
            case Jump(String chain) -> "jump " + chain;
            case Goto(String chain) -> "goto " + chain;
            case Return _ -> "return";
        };
    }
}
