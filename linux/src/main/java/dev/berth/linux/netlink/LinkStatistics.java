package dev.berth.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What an interface has received and sent since it was made ({@code struct rtnl_link_stats64}). */
public record LinkStatistics(Direction received, Direction sent) {
    private static final int BYTES_MIN = 8 * Long.BYTES;

    /**
     * One direction's.
     *
     * @param dropped which there was no room for, or nobody to take
     */
    public record Direction(long packets, long bytes, long errors, long dropped) {}

    static LinkStatistics read(byte[] statistics) {
        if (statistics.length < BYTES_MIN) {
            throw Message.malformed("an interface's statistics have " + statistics.length + " bytes");
        }
        ByteBuffer numbers = ByteBuffer.wrap(statistics).order(ByteOrder.nativeOrder());
        return new LinkStatistics(direction(numbers, 0), direction(numbers, Long.BYTES));
    }

    /** Each number of what was received is followed by that of what was sent. */
    private static Direction direction(ByteBuffer numbers, int first) {
        int step = 2 * Long.BYTES;
        return new Direction(
                numbers.getLong(first),
                numbers.getLong(first + step),
                numbers.getLong(first + 2 * step),
                numbers.getLong(first + 3 * step));
    }
}
