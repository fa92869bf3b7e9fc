package dev.berth.linux.nftables;

import dev.berth.linux.event.EventLoop;
import dev.berth.linux.netlink.Attributes;
import dev.berth.linux.netlink.Message;
import dev.berth.linux.netlink.NetlinkProtocol;
import dev.berth.linux.netlink.NetlinkSocket;
import dev.berth.linux.netlink.NetworkNamespace;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Watches for others that remove something of a table: its rules, its elements, or all of it, as {@code nft flush
 * ruleset} does. It has a thread of its own.
 */
public final class RulesetMonitor implements AutoCloseable {
    private static final int NFNLGRP_NFTABLES = 7;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int NFTA_GEN_PROC_NAME = 3;

    private static final Set<Integer> REMOVALS = Set.of(
            NftMessage.type(NftMessage.DELTABLE),
            NftMessage.type(NftMessage.DELCHAIN),
            NftMessage.type(NftMessage.DELRULE),
            NftMessage.type(NftMessage.DELSET),
            NftMessage.type(NftMessage.DELSETELEM));
    private static final int NEW_GENERATION = NftMessage.type(NftMessage.NEWGEN);

    private final Table table;
    private final int ownPort;
    private final Consumer<Removal> listener;
    private final NetlinkSocket socket;
    private final EventLoop loop;
    /** Whether what is being told removes something of ours. Belongs to the loop. */
    private boolean removed;

    private RulesetMonitor(NetlinkSocket socket, Nftables own, Table table, Consumer<Removal> listener) {
        this.socket = socket;
        this.table = table;
        this.ownPort = own.port();
        this.listener = listener;
        this.loop = new EventLoop("berth-nftables");
    }

    /**
     * Something of the table was removed, or may have been.
     *
     * @param by the name of the program that did it; empty where so much has happened that it isn't known
     */
    public record Removal(String by) {}

    /**
     * Begins to watch.
     *
     * @param own whose changes are not told; of the same namespace
     * @param listener is called on the monitor's thread, once a transaction of somebody's, after it
     */
    public static RulesetMonitor start(
            NetworkNamespace namespace, Nftables own, Table table, Consumer<Removal> listener) {
        NetlinkSocket socket =
                namespace.call(() -> NetlinkSocket.listen(NetlinkProtocol.NETFILTER, NFNLGRP_NFTABLES, BUFFER_BYTES));
        try {
            RulesetMonitor monitor = new RulesetMonitor(socket, own, table, listener);
            monitor.loop.register(socket.fd(), EventLoop.READABLE, _ -> monitor.hear());
            return monitor;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void hear() {
        switch (socket.hear()) {
            case NetlinkSocket.Heard.Overrun _ -> {
                removed = false;
                listener.accept(new Removal(""));
            }
            case NetlinkSocket.Heard.Messages(var messages) -> messages.forEach(this::hear);
        }
    }

    /** A transaction's changes are told one by one, then the new generation that they have made. */
    private void hear(Message message) {
        if (message.port() == ownPort) {
            return;
        }
        if (REMOVALS.contains(message.type()) && message.u8(0) == NftMessage.INET) {
            Attributes of = message.attributes(NftMessage.FIXED_BYTES);
            removed |= of.string(1).orElse("").equals(table.name());
        } else if (message.type() == NEW_GENERATION && removed) {
            removed = false;
            listener.accept(new Removal(message.attributes(NftMessage.FIXED_BYTES)
                    .string(NFTA_GEN_PROC_NAME)
                    .orElse("")));
        }
    }

    @Override
    public void close() {
        loop.close();
        socket.close();
    }
}
