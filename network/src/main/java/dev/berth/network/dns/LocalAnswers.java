package dev.berth.network.dns;

import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Answers that need nobody else: the names and addresses of containers. */
final class LocalAnswers {
    /** Docker's. */
    private static final long SECONDS_TO_LIVE = 600;

    private static final Pattern REVERSE_IPV4 =
            Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.in-addr\\.arpa");
    private static final Pattern REVERSE_IPV6 = Pattern.compile("((?:[0-9a-f]\\.){32})ip6\\.arpa");

    private LocalAnswers() {}

    /**
     * The answer, where the name is one that the container sees. For a name that is known, every question has an answer,
     * with no record where there is none of the type: an upstream would deny that the name exists.
     */
    static Optional<byte[]> answer(Query query, NameView view) {
        if (query.question().getDClass() != DClass.IN) {
            return Optional.empty();
        }
        String name = query.name();
        if (query.question().getType() == Type.PTR) {
            return address(Zone.canonical(name)).flatMap(view::reverse).map(host -> pointer(query, host));
        }
        return view.resolve(name).map(addresses -> addresses(query, addresses));
    }

    private static byte[] addresses(Query query, List<IpAddress> known) {
        Name name = query.question().getName();
        int type = query.question().getType();
        List<Record> records = new ArrayList<>();
        for (IpAddress address : known) {
            if (address.family() == Family.IPV4 && (type == Type.A || type == Type.ANY)) {
                records.add(new ARecord(name, DClass.IN, SECONDS_TO_LIVE, address.bytes()));
            } else if (address.family() == Family.IPV6 && (type == Type.AAAA || type == Type.ANY)) {
                records.add(new AAAARecord(name, DClass.IN, SECONDS_TO_LIVE, address.bytes()));
            }
        }
        // Clients take the first. In turn would not do: who asks for both families with each lookup would skip every
        // second.
        Collections.shuffle(records, ThreadLocalRandom.current());
        Message answer = query.answer(Rcode.NOERROR);
        records.forEach(record -> answer.addRecord(record, Section.ANSWER));
        return answer.toWire(query.answerBytesMax());
    }

    private static byte[] pointer(Query query, String host) {
        Message answer = query.answer(Rcode.NOERROR);
        try {
            answer.addRecord(
                    new PTRRecord(
                            query.question().getName(), DClass.IN, SECONDS_TO_LIVE, Name.fromString(host, Name.root)),
                    Section.ANSWER);
        } catch (TextParseException e) {
            return query.failure(Rcode.SERVFAIL); // a container's or network's name that is too long for DNS
        }
        return answer.toWire(query.answerBytesMax());
    }

    /** The address that a reverse name is of. */
    private static Optional<IpAddress> address(String reverseName) {
        Matcher four = REVERSE_IPV4.matcher(reverseName);
        if (four.matches()) {
            return IpAddress.parse(four.group(4) + "." + four.group(3) + "." + four.group(2) + "." + four.group(1));
        }
        Matcher six = REVERSE_IPV6.matcher(reverseName);
        if (!six.matches()) {
            return Optional.empty();
        }
        String digits =
                new StringBuilder(six.group(1).replace(".", "")).reverse().toString();
        return IpAddress.parse(String.join(":", digits.split("(?<=\\G.{4})")));
    }
}
