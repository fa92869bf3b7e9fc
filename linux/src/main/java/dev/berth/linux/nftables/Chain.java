package dev.berth.linux.nftables;

/** A list of rules. */
public sealed interface Chain {
    String name();

    /** One that other chains' rules jump to. */
    record Regular(String name) implements Chain {
        public Regular {
            Names.check("chain", name);
        }
    }

    /**
     * One that packets come to by themselves.
     *
     * @param priority of several chains of one hook the lower is first: see {@link #FILTER} and its like
     * @param policy what becomes of a packet that no rule decides about
     */
    record Base(String name, Type type, Hook hook, int priority, Policy policy) implements Chain {
        /** Where destinations are translated, as nft(8) calls it. */
        public static final int DSTNAT = -100;

        public static final int FILTER = 0;
        public static final int SRCNAT = 100;
        /** Before connections are tracked. */
        public static final int RAW = -300;
        /** After connections are tracked, before addresses are translated. */
        public static final int MANGLE = -150;

        public Base {
            Names.check("chain", name);
        }
    }

    /** What a base chain is for. */
    enum Type {
        FILTER("filter"),
        /** It sees the first packet of a connection only. */
        NAT("nat");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /** Where on its way through the kernel a packet comes to a base chain; numbered as in {@code nf_inet_hooks}. */
    enum Hook {
        PREROUTING,
        INPUT,
        FORWARD,
        OUTPUT,
        POSTROUTING;

        int number() {
            return ordinal();
        }
    }

    /** Numbered as {@code NF_DROP} and {@code NF_ACCEPT}. */
    enum Policy {
        DROP,
        ACCEPT;

        int number() {
            return ordinal();
        }
    }
}
