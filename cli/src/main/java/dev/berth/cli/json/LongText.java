package dev.berth.cli.json;

import io.avaje.json.JsonReader;
import io.avaje.json.stream.BufferRecycleStrategy;
import io.avaje.json.stream.JsonStream;

/**
 * A text of any length: the library's reader refuses those of more than 32,768 characters, which an image's labels may have.
 * The daemon has the like of it; the command line shares no code of the engine's.
 */
final class LongText {
    private static final int PIECE_CHARS = 16 << 10;
    /** With a parser of its own: that of the thread is reading the document. */
    private static final JsonStream PIECES = JsonStream.builder()
            .bufferRecycling(BufferRecycleStrategy.NO_RECYCLING)
            .build();

    private LongText() {}

    static String read(JsonReader reader) {
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
}
