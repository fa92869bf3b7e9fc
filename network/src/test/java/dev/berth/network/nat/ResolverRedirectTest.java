package dev.berth.network.nat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.nftables.Chain;
import dev.berth.linux.nftables.Nftables;
import dev.berth.linux.nftables.Protocol;
import dev.berth.linux.nftables.Rule;
import dev.berth.linux.nftables.Table;
import dev.berth.linux.nftables.Transaction;
import dev.berth.network.Peer;
import dev.berth.network.address.IpAddress;
import dev.berth.network.dns.NameView;
import dev.berth.network.dns.Resolver;
import dev.berth.network.dns.ResolverLoop;
import dev.berth.network.dns.ResolverSettings;
import dev.berth.network.dns.Zone;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

@Needs(Need.ROOT)
class ResolverRedirectTest {
    private static final InetSocketAddress USUAL = new InetSocketAddress(ResolverLoop.ADDRESS.inet(), 53);

    @Test
    void thePortThatEverybodyAsksLeadsToTheResolverAndStaysFreeForTheContainer() throws Exception {
        Zone zone = new Zone("backend");
        zone.put("e", "web", List.of(), List.of(IpAddress.of("10.0.0.2")));
        try (Peer container = new Peer("container");
                ResolverLoop loop = new ResolverLoop()) {
            container.serveDatagrams("0.0.0.0", 53);
            container.serve("0.0.0.0", 53);
            for (int engine = 0; engine < 2; engine++) {
                try (Resolver resolver =
                        loop.open(container.inside(), 0, NameView.of(zone), ResolverSettings.NO_UPSTREAM)) {
                    ResolverRedirect.install(container.namespace, resolver);
                    assertThat(byDatagram(container)).isEqualTo(IpAddress.of("10.0.0.2"));
                    assertThat(byConnection(container)).isEqualTo(IpAddress.of("10.0.0.2"));
                }
            }
            assertThat(container.askByDatagram("127.0.0.1", 53)).isEqualTo("container 127.0.0.1");
        }
    }

    @Test
    void aContainerThatTracksItsConnectionsSeesNothingInvalid() throws Exception {
        Zone zone = new Zone("backend");
        zone.put("e", "web", List.of(), List.of(IpAddress.of("10.0.0.2")));
        String rules = "rules";
        Transaction itsOwn = new Transaction(new Table("its-own"))
                .addTable()
                .addChain(new Chain.Base(
                        rules, Chain.Type.FILTER, Chain.Hook.INPUT, Chain.Base.FILTER, Chain.Policy.DROP))
                .addRule(rules, Rule.EMPTY.ctState(Rule.CtState.ESTABLISHED).accept());
        try (Peer container = new Peer("container");
                ResolverLoop loop = new ResolverLoop();
                Resolver resolver = loop.open(container.inside(), 0, NameView.of(zone), ResolverSettings.NO_UPSTREAM);
                Nftables nft = Nftables.open(container.namespace)) {
            ResolverRedirect.install(container.namespace, resolver);
            nft.commit(itsOwn.addRule(
                            rules,
                            Rule.EMPTY
                                    .dport(Protocol.UDP, resolver.datagramPort())
                                    .ctState(Rule.CtState.NEW)
                                    .accept())
                    .addRule(
                            rules,
                            Rule.EMPTY
                                    .dport(Protocol.TCP, resolver.connectionPort())
                                    .ctState(Rule.CtState.NEW)
                                    .accept()));
            assertThat(byDatagram(container)).isEqualTo(IpAddress.of("10.0.0.2"));
            assertThat(byConnection(container)).isEqualTo(IpAddress.of("10.0.0.2"));
        }
    }

    private static byte[] question() {
        return Message.newQuery(Record.newRecord(Name.fromConstantString("web."), Type.A, DClass.IN))
                .toWire();
    }

    private static IpAddress address(byte[] answer) throws IOException {
        return IpAddress.of(
                ((ARecord) new Message(answer).getSection(Section.ANSWER).getFirst()).getAddress());
    }

    private static IpAddress byDatagram(Peer from) throws IOException {
        try (DatagramChannel channel = from.namespace.call(() -> DatagramChannel.open(StandardProtocolFamily.INET))) {
            DatagramSocket socket = channel.socket();
            socket.connect(USUAL);
            socket.setSoTimeout(20_000);
            socket.send(new DatagramPacket(question(), question().length));
            DatagramPacket packet = new DatagramPacket(new byte[512], 512);
            socket.receive(packet);
            return address(Arrays.copyOf(packet.getData(), packet.getLength()));
        }
    }

    private static IpAddress byConnection(Peer from) throws IOException {
        try (SocketChannel channel = from.namespace.call(() -> SocketChannel.open(StandardProtocolFamily.INET))) {
            Socket socket = channel.socket();
            socket.connect(USUAL, 20_000);
            byte[] question = question();
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(2 + question.length)
                            .putShort((short) question.length)
                            .put(question)
                            .array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return address(answer);
        }
    }
}
