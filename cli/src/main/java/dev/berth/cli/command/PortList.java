package dev.berth.cli.command;

import dev.berth.cli.json.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Ports in the words of {@code ps}: neighbours as a range. */
final class PortList {
    private PortList() {}

    /** Ports that follow each other and lead to ports that do so too. */
    private record Range(String address, String type, long first, long last, long publicFirst, long publicLast) {
        boolean takes(Range next) {
            boolean alike = address.equals(next.address) && type.equals(next.type) && next.first == last + 1;
            return alike && (publicFirst == 0 ? next.publicFirst == 0 : next.publicFirst == publicLast + 1);
        }

        Range with(Range next) {
            return new Range(address, type, first, next.last, publicFirst, next.publicLast);
        }

        String text() {
            String inside = span(first, last) + "/" + type;
            if (publicFirst == 0) {
                return inside;
            }
            String host = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
            return host + ":" + span(publicFirst, publicLast) + "->" + inside;
        }

        private static String span(long first, long last) {
            return first == last ? Long.toString(first) : first + "-" + last;
        }
    }

    static String text(List<Tree> ports) {
        List<Range> ranges = new ArrayList<>();
        ports.stream()
                .map(port -> new Range(
                        port.text("IP"),
                        port.text("Type"),
                        port.number("PrivatePort"),
                        port.number("PrivatePort"),
                        port.number("PublicPort"),
                        port.number("PublicPort")))
                .sorted(Comparator.comparing((Range range) -> range.publicFirst() == 0)
                        .thenComparing(Range::address)
                        .thenComparing(Range::type)
                        .thenComparingLong(Range::first))
                .forEach(range -> {
                    if (!ranges.isEmpty() && ranges.getLast().takes(range)) {
                        ranges.set(ranges.size() - 1, ranges.getLast().with(range));
                    } else {
                        ranges.add(range);
                    }
                });
        return String.join(", ", ranges.stream().map(Range::text).toList());
    }
}
