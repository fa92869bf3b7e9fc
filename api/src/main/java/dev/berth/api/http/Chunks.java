package dev.berth.api.http;

import java.nio.ByteBuffer;

/** Takes the chunked transfer coding (RFC 9112, section 7.1) off a body. For one thread. */
final class Chunks {
    /** A chunk's size may have extensions after it. */
    private static final int MOST_LINE_BYTES = 4 << 10;

    private static final int MOST_TRAILER_BYTES = 64 << 10;
    private static final int HEX = 16;

    private final StringBuilder line = new StringBuilder();
    private Part part = Part.SIZE;
    private long left;
    private int trailerBytes;

    private enum Part {
        SIZE,
        DATA,
        DATA_END,
        TRAILER,
        OVER
    }

    /** Whether the body's end was seen; what follows is not of it. */
    boolean isOver() {
        return part == Part.OVER;
    }

    /**
     * Moves data from one buffer to another until the first has no more of this body, or the second no more room.
     *
     * @throws BodyException if it is not so coded
     */
    void decode(ByteBuffer from, ByteBuffer into) throws BodyException {
        while (from.hasRemaining() && part != Part.OVER) {
            if (part == Part.DATA) {
                if (!into.hasRemaining()) {
                    return;
                }
                move(from, into);
            } else if (takeLine(from)) {
                endLine();
            }
        }
    }

    private void move(ByteBuffer from, ByteBuffer into) {
        int count = (int) Math.min(left, Math.min(from.remaining(), into.remaining()));
        into.put(from.slice(from.position(), count));
        from.position(from.position() + count);
        left -= count;
        if (left == 0) {
            part = Part.DATA_END;
        }
    }

    /** Whether a line is whole; it stands in {@code line} then. */
    private boolean takeLine(ByteBuffer from) throws BodyException {
        while (from.hasRemaining()) {
            char next = (char) (from.get() & 0xff);
            if (next == '\n') {
                return true;
            }
            if (line.length() == MOST_LINE_BYTES) {
                throw malformed();
            }
            line.append(next);
        }
        return false;
    }

    private void endLine() throws BodyException {
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
        }
        switch (part) {
            case SIZE -> {
                left = size();
                part = left == 0 ? Part.TRAILER : Part.DATA;
            }
            case DATA_END -> {
                if (!line.isEmpty()) {
                    throw malformed();
                }
                part = Part.SIZE;
            }
            case TRAILER -> {
                trailerBytes += length;
                if (trailerBytes > MOST_TRAILER_BYTES) {
                    throw malformed();
                }
                part = line.isEmpty() ? Part.OVER : Part.TRAILER;
            }
            case DATA, OVER -> throw new IllegalStateException("no line is read here");
        }
        line.setLength(0);
    }

    private long size() throws BodyException {
        int end = line.indexOf(";");
        String digits = line.substring(0, end < 0 ? line.length() : end).strip();
        boolean hexadecimal =
                !digits.isEmpty() && digits.chars().allMatch(c -> Character.digit(c, HEX) >= 0 && c < 128);
        try {
            if (hexadecimal) {
                return Long.parseLong(digits, HEX);
            }
        } catch (NumberFormatException e) {
            // more than any body has: malformed, as below
        }
        throw malformed();
    }

    private static BodyException malformed() {
        return new BodyException("the request's body is malformed");
    }
}
