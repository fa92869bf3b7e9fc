package dev.berth.image.oci;

import io.avaje.json.JsonReader;
import io.avaje.json.PropertyNames;
import io.avaje.json.stream.BufferRecycleStrategy;
import io.avaje.json.stream.JsonStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The library's reader, but for texts: those are read as they are written, and understood in pieces. */
final class LongTextReader implements JsonReader {
    private static final int PIECE_CHARS = 16 << 10;
    /** With a parser of its own: that of the thread is reading the document. */
    private static final JsonStream PIECES = JsonStream.builder()
            .bufferRecycling(BufferRecycleStrategy.NO_RECYCLING)
            .build();

    private final JsonReader reader;

    LongTextReader(JsonReader reader) {
        this.reader = reader;
    }

    @Override
    public @Nullable String readString() {
        if (reader.currentToken() != Token.STRING) {
            return reader.readString();
        }
        String written = reader.readRaw();
        int end = written.lastIndexOf('"');
        if (written.indexOf('\\') < 0) {
            return written.substring(1, end);
        }
        StringBuilder text = new StringBuilder(end);
        int next;
        for (int at = 1; at < end; at = next) {
            next = endOfPiece(written, at, end);
            try (JsonReader piece = PIECES.reader("[\"" + written.substring(at, next) + "\"]")) {
                piece.beginArray();
                while (piece.hasNextElement()) {
                    text.append(piece.readString());
                }
                piece.endArray();
            }
        }
        return text.toString();
    }

    /** Where a piece can end: within no escape, and not between two halves of a character. */
    private static int endOfPiece(String written, int begin, int end) {
        int at = begin;
        while (at < end && at - begin < PIECE_CHARS) {
            if (written.charAt(at) == '\\') {
                at += at + 1 < end && written.charAt(at + 1) == 'u' ? 6 : 2;
            } else {
                at += Character.charCount(written.codePointAt(at));
            }
        }
        return Math.min(at, end);
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return reader.unwrap(type);
    }

    @Override
    public void beginStream() {
        reader.beginStream();
    }

    @Override
    public void endStream() {
        reader.endStream();
    }

    @Override
    public boolean hasNextStreamElement() {
        return reader.hasNextStreamElement();
    }

    @Override
    public void beginArray() {
        reader.beginArray();
    }

    @Override
    public void endArray() {
        reader.endArray();
    }

    @Override
    public boolean hasNextElement() {
        return reader.hasNextElement();
    }

    @Override
    public void beginObject(PropertyNames names) {
        reader.beginObject(names);
    }

    @Override
    public void beginObject() {
        reader.beginObject();
    }

    @Override
    public void endObject() {
        reader.endObject();
    }

    @Override
    public boolean hasNextField() {
        return reader.hasNextField();
    }

    @Override
    public String nextField() {
        return reader.nextField();
    }

    @Override
    public boolean isNullValue() {
        return reader.isNullValue();
    }

    @Override
    public boolean readBoolean() {
        return reader.readBoolean();
    }

    @Override
    public int readInt() {
        return reader.readInt();
    }

    @Override
    public long readLong() {
        return reader.readLong();
    }

    @Override
    public double readDouble() {
        return reader.readDouble();
    }

    @Override
    public BigDecimal readDecimal() {
        return reader.readDecimal();
    }

    @Override
    public BigInteger readBigInteger() {
        return reader.readBigInteger();
    }

    @Override
    public byte[] readBinary() {
        return reader.readBinary();
    }

    @Override
    public String readRaw() {
        return reader.readRaw();
    }

    @Override
    public String location() {
        return reader.location();
    }

    @Override
    public Token currentToken() {
        return reader.currentToken();
    }

    @Override
    public void close() {
        reader.close();
    }

    @Override
    public void skipValue() {
        reader.skipValue();
    }

    @Override
    public void unmappedField(String fieldName) {
        reader.unmappedField(fieldName);
    }
}
