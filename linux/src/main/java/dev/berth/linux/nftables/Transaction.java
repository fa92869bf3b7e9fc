package dev.berth.linux.nftables;

import dev.berth.linux.netlink.MessageBuilder;
import dev.berth.linux.netlink.NetlinkSocket;
import dev.berth.linux.netlink.NetlinkSocket.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Changes to one table that happen together or not at all, in the order in which they are given. Nothing happens before
 * {@link Nftables#commit}. For one thread.
 */
public final class Transaction {
    /** An element has some 60 bytes, and a message's list of them at most 64 KiB. */
    private static final int ELEMENTS_A_MESSAGE = 500;

    private static final int NFTA_LIST_ELEM = 1;

    private final Table table;
    private final List<Part> parts = new ArrayList<>();
    private int lastSetId;

    public Transaction(Table table) {
        this.table = table;
    }

    /** Makes the table where it is not there. */
    public Transaction addTable() {
        return add(NftMessage.NEWTABLE, NetlinkSocket.NLM_F_CREATE, "add", m -> m.putString(1, table.name()));
    }

    /**
     * Removes the table and all that is in it. Where it may be absent, {@link #addTable} goes before: what is in an old one
     * goes then too.
     */
    public Transaction deleteTable() {
        return add(NftMessage.DELTABLE, 0, "delete", m -> m.putString(1, table.name()));
    }

    /** Makes a chain where it is not there. One of other properties is not changed, and is an error. */
    public Transaction addChain(Chain chain) {
        return add(NftMessage.NEWCHAIN, NetlinkSocket.NLM_F_CREATE, "add chain " + chain.name() + " to", m -> {
            m.putString(1, table.name()).putString(3, chain.name());
            switch (chain) {
                case Chain.Base base ->
                    m.nested(4, hook -> hook.putBe32(1, base.hook().number()).putBe32(2, base.priority()))
                            .putBe32(5, base.policy().number())
                            .putString(7, base.type().word());
                case Chain.Regular _ -> {}
            }
        });
    }

    /** Removes a chain; no rule or map may jump to it any more. Its own rules go with {@link #flushChain}. */
    public Transaction deleteChain(String chain) {
        return add(
                NftMessage.DELCHAIN,
                0,
                "delete chain " + chain + " of",
                m -> m.putString(1, table.name()).putString(3, chain));
    }

    /** Removes a chain's rules. */
    public Transaction flushChain(String chain) {
        return add(
                NftMessage.DELRULE,
                0,
                "flush chain " + chain + " of",
                m -> m.putString(1, table.name()).putString(2, chain));
    }

    /** Puts a rule after all others of its chain. */
    public Transaction addRule(String chain, Rule rule) {
        return rule(chain, rule, NetlinkSocket.NLM_F_CREATE | NetlinkSocket.NLM_F_APPEND, "add rule ");
    }

    /** Puts a rule before all others of its chain. */
    public Transaction insertRule(String chain, Rule rule) {
        return rule(chain, rule, NetlinkSocket.NLM_F_CREATE, "insert rule ");
    }

    private Transaction rule(String chain, Rule rule, int flags, String doing) {
        return add(NftMessage.NEWRULE, flags, doing + rule + " to chain " + chain + " of", m -> {
            m.putString(1, table.name()).putString(2, chain);
            m.nested(
                    4,
                    list -> rule.expressions()
                            .forEach(expression -> list.nested(NFTA_LIST_ELEM, element -> {
                                element.putString(1, expression.name());
                                element.nested(2, expression.data());
                            })));
            rule.comment().ifPresent(comment -> m.put(7, Comment.encode(comment)));
        });
    }

    /** Removes a rule by the number that {@link Nftables#rules} tells. */
    public Transaction deleteRule(String chain, long handle) {
        return add(
                NftMessage.DELRULE,
                0,
                "delete rule " + handle + " of chain " + chain + " of",
                m -> m.putString(1, table.name()).putString(2, chain).putBe64(3, handle));
    }

    /** Makes a set or map where it is not there. One of other types is not changed, and is an error. */
    public Transaction addSet(NamedSet set) {
        lastSetId++;
        int id = lastSetId;
        return add(NftMessage.NEWSET, NetlinkSocket.NLM_F_CREATE, "add set " + set.name() + " to", m -> {
            int isMap = 8;
            m.putString(1, table.name())
                    .putString(2, set.name())
                    .putBe32(3, set.isMap() ? isMap : 0)
                    .putBe32(4, DataType.number(set.key()))
                    .putBe32(5, DataType.bytes(set.key()));
            if (set.isMap()) {
                m.putBe32(6, set.dataType()).putBe32(7, set.dataBytes());
            }
            m.putBe32(10, id).put(13, set.userData());
        });
    }

    /** Removes a set or map; no rule may look into it any more. */
    public Transaction deleteSet(String set) {
        return add(
                NftMessage.DELSET,
                0,
                "delete set " + set + " of",
                m -> m.putString(1, table.name()).putString(2, set));
    }

    /** Empties a set or map. */
    public Transaction flushSet(String set) {
        return add(
                NftMessage.DELSETELEM,
                0,
                "flush set " + set + " of",
                m -> m.putString(1, table.name()).putString(2, set));
    }

    /** Adds elements that are not there yet; a key that is there is an error. */
    public Transaction addElements(NamedSet set, List<Element> elements) {
        return elements(
                NftMessage.NEWSETELEM,
                NetlinkSocket.NLM_F_CREATE | NetlinkSocket.NLM_F_EXCL,
                "add to set " + set.name() + " of",
                set,
                elements);
    }

    /** Removes elements by their keys; one that is not there is an error. */
    public Transaction deleteElements(NamedSet set, List<Element> elements) {
        return elements(NftMessage.DELSETELEM, 0, "delete from set " + set.name() + " of", set, elements);
    }

    private Transaction elements(int kind, int flags, String doing, NamedSet set, List<Element> elements) {
        boolean removal = kind == NftMessage.DELSETELEM;
        elements.forEach(element -> element.check(set, removal));
        for (int from = 0; from < elements.size(); from += ELEMENTS_A_MESSAGE) {
            List<Element> some = elements.subList(from, Math.min(elements.size(), from + ELEMENTS_A_MESSAGE));
            add(
                    kind,
                    flags,
                    doing,
                    m -> m.putString(1, table.name())
                            .putString(2, set.name())
                            .nested(
                                    3,
                                    list -> some.forEach(
                                            one -> list.nested(NFTA_LIST_ELEM, e -> put(e, one, !removal)))));
        }
        return this;
    }

    private static void put(MessageBuilder message, Element element, boolean withData) {
        int dataValue = 1;
        message.nested(1, key -> key.put(dataValue, Datum.join(element.key())));
        if (withData && !element.value().isEmpty()) {
            message.nested(2, data -> data.put(dataValue, Datum.join(element.value())));
        }
        if (withData && element.verdict().isPresent()) {
            message.nested(2, data -> element.verdict().get().put(data));
        }
    }

    private Transaction add(int kind, int flags, String doing, Consumer<MessageBuilder> attributes) {
        MessageBuilder message = NftMessage.of(kind, flags);
        attributes.accept(message);
        parts.add(new Part(message, doing + " table " + table));
        return this;
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** All of it, between the messages that begin and end a batch. */
    List<Part> batch() {
        List<Part> all = new ArrayList<>();
        all.add(new Part(NftMessage.batchBegin(), "change nftables table " + table));
        all.addAll(parts);
        all.add(new Part(NftMessage.batchEnd(), "change nftables table " + table));
        return all;
    }

    @Override
    public String toString() {
        return Arrays.toString(parts.stream().map(Part::doing).toArray());
    }
}
