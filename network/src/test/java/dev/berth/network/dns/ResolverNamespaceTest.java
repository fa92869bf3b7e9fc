package dev.berth.network.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.network.NetworkException;
import dev.berth.network.Peer;
import dev.berth.network.address.IpAddress;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Resolvers in network namespaces, each at the same address and port. */
@Needs(Need.ROOT)
class ResolverNamespaceTest {
    private final ResolverLoop loop = new ResolverLoop();
    private final Peer one = new Peer("one");
    private final Peer other = new Peer("other");

    @AfterEach
    void close() throws Exception {
        loop.close();
        one.close();
        other.close();
    }

    private static Message ask(Peer from, String name) throws IOException {
        byte[] question = Message.newQuery(Record.newRecord(Name.fromConstantString(name), Type.A, DClass.IN))
                .toWire();
        try (DatagramChannel channel = from.namespace.call(() -> DatagramChannel.open(StandardProtocolFamily.INET))) {
            DatagramSocket socket = channel.socket();
            socket.connect(ResolverLoop.ADDRESS.inet(), Upstream.PORT);
            socket.setSoTimeout(20_000);
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket packet = new DatagramPacket(new byte[512], 512);
            socket.receive(packet);
            return new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        }
    }

    @Test
    void eachContainerHasAResolverOfItsOwnAtTheSameAddress() throws IOException {
        Zone backend = new Zone("backend");
        backend.put("e", "web", List.of(), List.of(IpAddress.of("10.0.0.2")));
        loop.open(one.inside(), Upstream.PORT, NameView.of(backend), ResolverSettings.NO_UPSTREAM);
        Resolver second = loop.open(other.inside(), Upstream.PORT, NameView.EMPTY, ResolverSettings.NO_UPSTREAM);
        assertThat(((ARecord) ask(one, "web.").getSection(Section.ANSWER).getFirst()).getAddress())
                .isEqualTo(IpAddress.of("10.0.0.2").inet());
        assertThat(ask(other, "web.").getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThatThrownBy(() -> loop.open(other.inside(), Upstream.PORT, NameView.EMPTY, ResolverSettings.NO_UPSTREAM))
                .isInstanceOf(NetworkException.class);
        second.close();
        loop.open(other.inside(), Upstream.PORT, NameView.of(backend), ResolverSettings.NO_UPSTREAM);
        assertThat(ask(other, "web.").getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void anUpstreamThatOnlyTheContainerReachesIsAskedFromInside() throws IOException {
        DatagramChannel upstream = one.namespace.call(() -> DatagramChannel.open(StandardProtocolFamily.INET)
                .bind(new InetSocketAddress(IpAddress.of("127.0.0.1").inet(), 5353)));
        try (upstream) {
            Thread.ofVirtual().start(() -> denyAll(upstream.socket()));
            Upstream inside = new Upstream(IpAddress.of("127.0.0.1"), 5353, true);
            loop.open(one.inside(), Upstream.PORT, NameView.EMPTY, new ResolverSettings(List.of(inside), false));
            assertThat(ask(one, "a.example.").getRcode()).isEqualTo(Rcode.NXDOMAIN);
        }
    }

    private static void denyAll(DatagramSocket socket) {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        try {
            while (true) {
                socket.receive(packet);
                Message answer = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
                answer.getHeader().setFlag(Flags.QR);
                answer.getHeader().setRcode(Rcode.NXDOMAIN);
                byte[] wire = answer.toWire();
                socket.send(new DatagramPacket(wire, wire.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            // closed
        }
    }
}
