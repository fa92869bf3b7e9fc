package dev.berth.api.buildkit;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.berth.api.grpc.GrpcException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Reads a message of Protocol Buffers, field by field; of a field that comes in another form than expected nothing is taken. */
final class MessageReader {
    private final String what;
    private final CodedInputStream in;
    private int tag;

    /** @param what the message, for errors */
    MessageReader(String what, byte[] message) {
        this.what = what;
        this.in = CodedInputStream.newInstance(message);
    }

    /** The next field's number; 0 at the end. What was not read of the field before is passed over. */
    int next() throws GrpcException {
        try {
            if (tag != 0) {
                in.skipField(tag);
            }
            tag = in.readTag();
            return WireFormat.getTagFieldNumber(tag);
        } catch (IOException e) {
            throw malformed();
        }
    }

    long number() throws GrpcException {
        expect(WireFormat.WIRETYPE_VARINT);
        try {
            return in.readInt64();
        } catch (IOException e) {
            throw malformed();
        }
    }

    boolean flag() throws GrpcException {
        return number() != 0;
    }

    byte[] bytes() throws GrpcException {
        expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        try {
            return in.readByteArray();
        } catch (IOException e) {
            throw malformed();
        }
    }

    String text() throws GrpcException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** A path, one character a byte. */
    String path() throws GrpcException {
        return new String(bytes(), StandardCharsets.ISO_8859_1);
    }

    /** A message within this one. */
    MessageReader message() throws GrpcException {
        return new MessageReader(what, bytes());
    }

    /** An entry of a map of texts, added to those that are there. */
    void entry(Map<String, String> into) throws GrpcException {
        MessageReader entry = message();
        String key = "";
        String value = "";
        for (int field = entry.next(); field != 0; field = entry.next()) {
            switch (field) {
                case 1 -> key = entry.text();
                case 2 -> value = entry.text();
                default -> {}
            }
        }
        into.put(key, value);
    }

    private void expect(int type) throws GrpcException {
        if (WireFormat.getTagWireType(tag) != type) {
            throw malformed();
        }
        tag = 0;
    }

    private GrpcException malformed() {
        return new GrpcException(GrpcException.Code.INVALID_ARGUMENT, what + " is no well-formed message");
    }
}
