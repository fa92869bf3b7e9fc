package dev.berth.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.network.address.IpAddress;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

class HostileQueryProperties {
    private final NameView view = view();

    private static NameView view() {
        Zone zone = new Zone("backend");
        zone.put("e", "web", List.of(), List.of(IpAddress.of("10.0.0.2")));
        return NameView.of(zone);
    }

    @Property
    void noBytesMakeTheReaderFailAndNoAnswerIsAnswered(@ForAll byte[] wire, @ForAll boolean datagram) {
        check(wire, datagram);
    }

    @Property
    void noDamageToAQuestionMakesTheReaderFail(@ForAll @From("damaged") byte[] wire, @ForAll boolean datagram) {
        check(wire, datagram);
    }

    private void check(byte[] wire, boolean datagram) {
        switch (Query.read(wire, datagram)) {
            case Query.Received.Ignored() ->
                assertThat(wire.length < 12 || wire[2] < 0).isTrue();
            case Query.Received.Refused(byte[] answer) ->
                assertThat(answer).hasSize(12).startsWith(wire[0], wire[1]);
            case Query.Received.Question(Query query) -> {
                LocalAnswers.answer(query, view).ifPresent(answer -> {
                    assertThat(answer).startsWith(wire[0], wire[1]);
                    assertThat(answer.length).isLessThanOrEqualTo(query.answerBytesMax());
                });
                assertThat(query.failure(2)).startsWith(wire[0], wire[1]);
            }
        }
    }

    @Provide
    Arbitrary<byte[]> damaged() {
        byte[] question = Message.newQuery(Record.newRecord(Name.fromConstantString("web.backend."), Type.A, DClass.IN))
                .toWire();
        return Arbitraries.integers()
                .between(0, question.length - 1)
                .flatMap(at -> Arbitraries.bytes().map(value -> {
                    byte[] copy = question.clone();
                    copy[at] = value;
                    return copy;
                }));
    }

    @Property(tries = 200)
    void everyNameIsFoundUnderItsNetworksNameToo(
            @ForAll @From("names") String name, @ForAll @From("names") String network) {
        Zone zone = new Zone(network);
        zone.put("e", name, List.of(), List.of(IpAddress.of("10.0.0.9")));
        NameView own = NameView.of(new Zone("other"), zone);
        assertThat(own.resolve(name)).contains(List.of(IpAddress.of("10.0.0.9")));
        assertThat(own.resolve(name + "." + network)).contains(List.of(IpAddress.of("10.0.0.9")));
        assertThat(own.resolve(name + ".other")).isEmpty();
        zone.remove("e");
        assertThat(own.resolve(name)).isEmpty();
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .withChars("abcXYZ019_-.")
                .ofMinLength(1)
                .ofMaxLength(20)
                .filter(name -> Character.isLetterOrDigit(name.charAt(0)) && !name.contains("other"));
    }
}
