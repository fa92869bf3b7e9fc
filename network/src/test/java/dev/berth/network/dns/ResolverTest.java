package dev.berth.network.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.network.Inside;
import dev.berth.network.NetworkException;
import dev.berth.network.address.IpAddress;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** A resolver asked as a container's C library asks it: through sockets. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResolverTest {
    private final ResolverLoop loop = new ResolverLoop();
    /** For upstreams that never answer. */
    private final ResolverLoop impatient = new ResolverLoop(Duration.ofMillis(200));

    private final Zone backend = new Zone("backend");

    @AfterEach
    void close() {
        loop.close();
        impatient.close();
    }

    private Resolver open(NameView view, Upstream... upstreams) {
        return loop.open(Inside.here(), 0, view, new ResolverSettings(List.of(upstreams), false));
    }

    private Resolver openImpatient(TestUpstream upstream) {
        return impatient.open(
                Inside.here(), 0, NameView.EMPTY, new ResolverSettings(List.of(upstream.upstream()), false));
    }

    private static Message question(String name, int type) {
        return Message.newQuery(Record.newRecord(Name.fromConstantString(name), type, DClass.IN));
    }

    private static Message ask(Resolver resolver, Message question) throws IOException {
        return new Message(askBytes(resolver, question.toWire()));
    }

    private static byte[] askBytes(Resolver resolver, byte[] question) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(resolver.address());
            socket.setSoTimeout(20_000);
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(packet);
            return Arrays.copyOf(packet.getData(), packet.getLength());
        }
    }

    private static Message askByConnection(Resolver resolver, Message question) throws IOException {
        try (Socket socket = new Socket(ResolverLoop.ADDRESS.inet(), resolver.connectionPort())) {
            socket.getOutputStream().write(Forwarder.framed(question.toWire()));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return new Message(answer);
        }
    }

    private static List<String> addresses(Message answer) {
        return answer.getSection(Section.ANSWER).stream()
                .map(record -> record instanceof ARecord a ? a.getAddress() : ((AAAARecord) record).getAddress())
                .map(address -> IpAddress.of(address).toString())
                .sorted()
                .toList();
    }

    private void web() {
        backend.put(
                "e1",
                "web",
                List.of("www", "0123456789ab"),
                List.of(IpAddress.of("10.0.0.2"), IpAddress.of("fd00::2")));
        backend.put("e2", "db", List.of(), List.of(IpAddress.of("10.0.0.3")));
    }

    @Test
    void namesAliasesAndShortIdsAreAnswered() throws IOException {
        web();
        Resolver resolver = open(NameView.of(backend));
        for (String name : List.of("web.", "WWW.", "0123456789ab.", "web.backend.")) {
            Message answer = ask(resolver, question(name, Type.A));
            assertThat(addresses(answer)).as(name).containsExactly("10.0.0.2");
            assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(answer.getHeader().getFlag(Flags.RA)).isTrue();
            assertThat(answer.getSection(Section.ANSWER).getFirst().getTTL()).isEqualTo(600);
        }
        assertThat(addresses(ask(resolver, question("web.", Type.AAAA)))).containsExactly("fd00::2");
        assertThat(addresses(askByConnection(resolver, question("web.", Type.A))))
                .containsExactly("10.0.0.2");
    }

    @Test
    void aKnownNameWithoutAnAddressOfTheFamilyExistsAllTheSame() throws IOException {
        web();
        try (TestUpstream upstream = nothingExists()) {
            Resolver resolver = open(NameView.of(backend), upstream.upstream());
            for (int type : new int[] {Type.AAAA, Type.MX, Type.TXT, Type.HTTPS}) {
                Message answer = ask(resolver, question("db.", type));
                assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
                assertThat(answer.getSection(Section.ANSWER)).isEmpty();
            }
            assertThat(upstream.asked).hasValue(0);
            assertThat(ask(resolver, question("other.", Type.AAAA)).getRcode()).isEqualTo(Rcode.NXDOMAIN);
        }
    }

    @Test
    void addressesHaveTheirContainersNames() throws IOException {
        web();
        Resolver resolver = open(NameView.of(backend));
        for (String address : List.of("10.0.0.2", "fd00::2")) {
            Message answer = ask(resolver, question(IpAddress.of(address).reverseName(), Type.PTR));
            assertThat(((PTRRecord) answer.getSection(Section.ANSWER).getFirst()).getTarget())
                    .hasToString("web.backend.");
        }
        assertThat(ask(resolver, question("9.0.0.10.in-addr.arpa.", Type.PTR)).getRcode())
                .isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void allWhoHaveANameTakeTurnsToBeFirst() throws IOException {
        Set<String> all = new HashSet<>();
        for (int i = 2; i < 6; i++) {
            String address = "10.0.0." + i;
            backend.put("e" + i, "web_" + i, List.of("web"), List.of(IpAddress.of(address)));
            all.add(address);
        }
        Resolver resolver = open(NameView.of(backend));
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            List<Record> records = ask(resolver, question("web.", Type.A)).getSection(Section.ANSWER);
            assertThat(records).hasSize(4);
            first.add(((ARecord) records.getFirst()).getAddress().getHostAddress());
        }
        assertThat(first).isEqualTo(all);
    }

    @Test
    void nobodySeesTheNamesOfANetworkThatHeIsNotOn() throws IOException {
        web();
        Zone frontend = new Zone("frontend");
        frontend.put("e9", "proxy", List.of(), List.of(IpAddress.of("10.9.0.2")));
        Resolver both = open(NameView.of(backend, frontend));
        Resolver one = open(NameView.of(frontend));
        assertThat(addresses(ask(both, question("db.", Type.A)))).containsExactly("10.0.0.3");
        for (String name : List.of("db.", "db.backend.", "3.0.0.10.in-addr.arpa.")) {
            assertThat(ask(one, question(name, name.endsWith("arpa.") ? Type.PTR : Type.A))
                            .getRcode())
                    .isEqualTo(Rcode.SERVFAIL);
        }
        both.see(NameView.of(frontend));
        assertThat(ask(both, question("db.", Type.A)).getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void aLinkIsANameThatOnlyOneContainerHas() throws IOException {
        web();
        Resolver linked =
                open(new NameView(List.of(new NameView.Attached(backend, Map.of("Database", "db", "web", "db")))));
        Resolver other = open(NameView.of(backend));
        assertThat(addresses(ask(linked, question("database.", Type.A)))).containsExactly("10.0.0.3");
        assertThat(addresses(ask(linked, question("web.", Type.A)))).containsExactly("10.0.0.3");
        assertThat(ask(other, question("database.", Type.A)).getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(addresses(ask(other, question("web.", Type.A)))).containsExactly("10.0.0.2");
    }

    @Test
    void aContainerThatHasGoneHasNoNames() throws IOException {
        web();
        Resolver resolver = open(NameView.of(backend));
        backend.remove("e1");
        assertThat(ask(resolver, question("www.", Type.A)).getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(addresses(ask(resolver, question("db.", Type.A)))).containsExactly("10.0.0.3");
    }

    @Test
    void anAnswerThatDoesNotFitIsCutAndHadWholeByConnection() throws IOException {
        IntStream.range(0, 60)
                .forEach(i -> backend.put("e" + i, "c" + i, List.of("many"), List.of(IpAddress.of("10.0.1." + i))));
        Resolver resolver = open(NameView.of(backend));
        byte[] small = askBytes(resolver, question("many.", Type.A).toWire());
        assertThat(small.length).isLessThanOrEqualTo(512);
        assertThat(new Message(small).getHeader().getFlag(Flags.TC)).isTrue();
        Message larger = question("many.", Type.A);
        larger.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
        assertThat(addresses(ask(resolver, larger))).hasSize(60);
        assertThat(addresses(askByConnection(resolver, question("many.", Type.A))))
                .hasSize(60);
    }

    private static byte[] reply(Message question, int rcode, Record... records) {
        Message answer = new Message(question.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setRcode(rcode);
        answer.addRecord(question.getQuestion(), Section.QUESTION);
        for (Record record : records) {
            answer.addRecord(record, Section.ANSWER);
        }
        return answer.toWire();
    }

    private static TestUpstream nothingExists() throws IOException {
        Function<Message, byte[]> no = question -> reply(question, Rcode.NXDOMAIN);
        return new TestUpstream(no, no);
    }

    private static Record text(Message question, String text) {
        return new TXTRecord(question.getQuestion().getName(), DClass.IN, 60, text);
    }

    @Test
    void whatIsNoContainersNameIsAskedOfTheUpstreamInTheSameManner() throws IOException {
        try (TestUpstream upstream = new TestUpstream(
                question -> reply(question, Rcode.NOERROR, text(question, "datagram")),
                question -> reply(question, Rcode.NOERROR, text(question, "connection")))) {
            Resolver resolver = open(NameView.EMPTY, upstream.upstream());
            Message question = question("example.com.", Type.TXT);
            Message answer = ask(resolver, question);
            assertThat(answer.getHeader().getID())
                    .isEqualTo(question.getHeader().getID());
            assertThat(answer.getSection(Section.ANSWER).getFirst().rdataToString())
                    .isEqualTo("datagram");
            assertThat(askByConnection(resolver, question)
                            .getSection(Section.ANSWER)
                            .getFirst()
                            .rdataToString())
                    .isEqualTo("connection");
        }
    }

    @Test
    void anUpstreamThatFailsOrIsNotThereIsPassedOver() throws IOException {
        try (TestUpstream failing = new TestUpstream(
                        question -> reply(question, Rcode.SERVFAIL), question -> reply(question, Rcode.REFUSED));
                TestUpstream good = nothingExists()) {
            TestUpstream gone = nothingExists();
            gone.close();
            Resolver resolver = open(NameView.EMPTY, failing.upstream(), gone.upstream(), good.upstream());
            assertThat(ask(resolver, question("a.example.", Type.A)).getRcode()).isEqualTo(Rcode.NXDOMAIN);
            assertThat(askByConnection(resolver, question("a.example.", Type.A)).getRcode())
                    .isEqualTo(Rcode.NXDOMAIN);
        }
    }

    @Test
    void whereNoUpstreamAnswersTheClientIsToldSo() throws IOException {
        try (TestUpstream silent =
                new TestUpstream(question -> TestUpstream.SILENCE, question -> TestUpstream.SILENCE)) {
            Resolver resolver = openImpatient(silent);
            assertThat(ask(resolver, question("a.example.", Type.A)).getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(silent.asked.get()).isEqualTo(2);
        }
    }

    @Test
    void anAnswerToAnotherQuestionIsNoAnswer() throws IOException {
        try (TestUpstream liar = new TestUpstream(
                question -> {
                    Message other = question("bank.example.", Type.A);
                    other.getHeader().setID(question.getHeader().getID());
                    return reply(other, Rcode.NOERROR);
                },
                question -> TestUpstream.SILENCE)) {
            Resolver resolver = openImpatient(liar);
            assertThat(ask(resolver, question("a.example.", Type.A)).getRcode()).isEqualTo(Rcode.SERVFAIL);
        }
    }

    @Test
    void namesWithoutADotAreLeftToSearchDomainsWhereTheUserHasSetNdots() throws IOException {
        try (TestUpstream upstream = nothingExists()) {
            Resolver resolver = loop.open(
                    Inside.here(), 0, NameView.EMPTY, new ResolverSettings(List.of(upstream.upstream()), true));
            assertThat(ask(resolver, question("host.", Type.A)).getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(upstream.asked).hasValue(0);
            assertThat(ask(resolver, question("host.example.", Type.A)).getRcode())
                    .isEqualTo(Rcode.NXDOMAIN);
        }
    }

    @Test
    void whatIsNoQuestionIsRefusedOrIgnoredAndTheNextOneIsAnswered() throws IOException {
        web();
        Resolver resolver = open(NameView.of(backend));
        byte[] broken = Arrays.copyOf(question("web.", Type.A).toWire(), 15);
        assertThat(new Message(askBytes(resolver, broken)).getRcode()).isEqualTo(Rcode.FORMERR);
        byte[] none = question("web.", Type.A).toWire();
        none[5] = 0;
        assertThat(new Message(askBytes(resolver, Arrays.copyOf(none, 12))).getRcode())
                .isEqualTo(Rcode.FORMERR);
        Message update = question("web.", Type.A);
        update.getHeader().setOpcode(5);
        assertThat(ask(resolver, update).getRcode()).isEqualTo(Rcode.NOTIMP);
        byte[] oversized = Arrays.copyOf(broken, 60_000);
        Arrays.fill(oversized, 12, oversized.length, (byte) 63);
        assertThat(new Message(askBytes(resolver, oversized)).getRcode()).isEqualTo(Rcode.FORMERR);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(resolver.address());
            Message answer = question("web.", Type.A);
            answer.getHeader().setFlag(Flags.QR);
            for (byte[] ignored : List.of(new byte[0], new byte[11], answer.toWire())) {
                socket.send(new DatagramPacket(ignored, ignored.length));
            }
            byte[] question = question("web.", Type.A).toWire();
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket packet = new DatagramPacket(new byte[512], 512);
            socket.setSoTimeout(20_000);
            socket.receive(packet);
            assertThat(packet.getData()).startsWith(question[0], question[1]);
        }
    }

    @Test
    void aConnectionThatSaysNoQuestionIsClosed() throws IOException {
        Resolver resolver = open(NameView.EMPTY);
        try (Socket socket = new Socket(ResolverLoop.ADDRESS.inet(), resolver.connectionPort())) {
            socket.getOutputStream().write(new byte[] {0, 2, 1, 1});
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void oneContainerHasOnlySoManyConnections() throws IOException {
        web();
        Resolver resolver = open(NameView.of(backend));
        List<Socket> sockets = IntStream.range(0, Limits.CONNECTIONS_PER_CONTAINER)
                .mapToObj(i -> connect(resolver))
                .toList();
        try (Socket oneMore = connect(resolver)) {
            assertThat(oneMore.getInputStream().read()).isEqualTo(-1);
            assertThat(addresses(ask(resolver, question("db.", Type.A)))).containsExactly("10.0.0.3");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static Socket connect(Resolver resolver) {
        try {
            return new Socket(ResolverLoop.ADDRESS.inet(), resolver.connectionPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFloodOfQuestionsForAnUpstreamLeavesContainersNamesAnswered() throws IOException {
        web();
        try (TestUpstream silent =
                new TestUpstream(question -> TestUpstream.SILENCE, question -> TestUpstream.SILENCE)) {
            Resolver flooding = open(NameView.of(backend), silent.upstream());
            Resolver other = open(NameView.of(backend), silent.upstream());
            Set<Integer> codes = new HashSet<>();
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(flooding.address());
                byte[] question = question("a.example.", Type.A).toWire();
                for (int i = 0; i < Limits.FORWARDS_PER_CONTAINER * 2; i++) {
                    socket.send(new DatagramPacket(question, question.length));
                    if (i % 16 == 0) { // one that is answered keeps us from being faster than it reads
                        assertThat(addresses(ask(flooding, question("db.", Type.A))))
                                .containsExactly("10.0.0.3");
                    }
                }
                assertThat(addresses(ask(other, question("db.", Type.A)))).containsExactly("10.0.0.3");
                DatagramPacket packet = new DatagramPacket(new byte[512], 512);
                socket.setSoTimeout(20_000);
                socket.receive(packet);
                codes.add(packet.getData()[3] & 0xf);
            }
            assertThat(codes).containsAnyOf(Rcode.REFUSED, Rcode.SERVFAIL);
        }
    }

    @RepeatedTest(20)
    void aClosedResolverHasLetGoOfItsPort() throws IOException {
        Resolver resolver = open(NameView.EMPTY);
        int port = resolver.datagramPort();
        try (Socket client = connect(resolver)) {
            resolver.close();
            resolver.close();
            assertThatThrownBy(() -> new DataInputStream(client.getInputStream()).readUnsignedByte())
                    .isInstanceOfAny(EOFException.class, IOException.class);
        }
        loop.open(Inside.here(), port, NameView.EMPTY, ResolverSettings.NO_UPSTREAM)
                .close();
        Resolver again = loop.open(Inside.here(), port, NameView.EMPTY, ResolverSettings.NO_UPSTREAM);
        assertThatThrownBy(() -> loop.open(Inside.here(), port, NameView.EMPTY, ResolverSettings.NO_UPSTREAM))
                .isInstanceOf(NetworkException.class)
                .hasMessageStartingWith("open the resolver at 127.0.0.11 port " + port + ": ");
        again.close();
    }

    @RepeatedTest(50)
    void whoClosesAResolverWhileTheLoopIsClosedDoesNotWaitForEver() throws Exception {
        ResolverLoop closing = new ResolverLoop();
        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(i -> closing.open(Inside.here(), 0, NameView.EMPTY, ResolverSettings.NO_UPSTREAM))
                .map(resolver -> Thread.ofVirtual().unstarted(resolver::close))
                .toList();
        threads.forEach(Thread::start);
        closing.close();
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
