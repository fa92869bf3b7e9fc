package dev.berth.network.dns;

import java.io.IOException;
import java.util.Optional;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * A client's question.
 *
 * @param wire the message as it came
 * @param answerBytesMax how long the answer may be
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Query(byte[] wire, Message message, Record question, int answerBytesMax) {
    private static final int QR_BYTE = 2;
    private static final int QR_BIT = 0x80;

    /** What came of a client's bytes: a question, an answer that says what is wrong with them, or nothing to say. */
    sealed interface Received {
        record Question(Query query) implements Received {}

        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Refused(byte[] answer) implements Received {}

        record Ignored() implements Received {}
    }

    /** @param datagram whether it came as one, so that the answer has to fit into another */
    static Received read(byte[] wire, boolean datagram) {
        // An answer is never answered: two servers could go on for ever.
        if (wire.length < Header.LENGTH || (wire[QR_BYTE] & QR_BIT) != 0) {
            return new Received.Ignored();
        }
        Message message;
        try {
            message = new Message(wire);
        } catch (IOException | RuntimeException e) {
            return refuse(wire, Rcode.FORMERR);
        }
        if (message.getHeader().getOpcode() != Opcode.QUERY) {
            return refuse(wire, Rcode.NOTIMP);
        }
        Record question = message.getQuestion();
        if (question == null || message.getSection(Section.QUESTION).size() != 1) {
            return refuse(wire, Rcode.FORMERR);
        }
        int answerBytesMax = datagram
                ? Optional.ofNullable(message.getOPT())
                        .map(OPTRecord::getPayloadSize)
                        .map(size -> Math.max(size, Limits.DATAGRAM_BYTES))
                        .orElse(Limits.DATAGRAM_BYTES)
                : Limits.MESSAGE_BYTES;
        return new Received.Question(new Query(wire, message, question, answerBytesMax));
    }

    private static Received refuse(byte[] wire, int rcode) {
        Header header = new Header(((wire[0] & 0xff) << 8) | (wire[1] & 0xff));
        header.setFlag(Flags.QR);
        header.setOpcode(wire[QR_BYTE] >> 3 & 0xf);
        header.setRcode(rcode);
        return new Received.Refused(header.toWire());
    }

    /** The name that is asked for, without the dot at its end. */
    String name() {
        return question.getName().toString(true);
    }

    /** The beginning of an answer: the same question, and that others are asked where need is. */
    Message answer(int rcode) {
        Message answer = new Message(message.getHeader().getID());
        Header header = answer.getHeader();
        header.setFlag(Flags.QR);
        header.setFlag(Flags.RA);
        if (message.getHeader().getFlag(Flags.RD)) {
            header.setFlag(Flags.RD);
        }
        header.setRcode(rcode);
        answer.addRecord(question, Section.QUESTION);
        if (message.getOPT() != null) {
            answer.addRecord(new OPTRecord(Limits.OUR_DATAGRAM_BYTES, 0, 0), Section.ADDITIONAL);
        }
        return answer;
    }

    /** An answer without records, as it is sent. */
    byte[] failure(int rcode) {
        return answer(rcode).toWire(answerBytesMax);
    }
}
