package dev.berth.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A small drawing of how times develop: a line a step, the median of each fiftieth of its samples a point. */
record Plot(String title, Map<String, List<Long>> nanos) {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 360;
    private static final int LEFT = 60;
    private static final int TOP = 40;
    private static final int RIGHT = 110;
    private static final int BOTTOM = 40;
    private static final int POINTS = 50;
    private static final List<String> COLOURS =
            List.of("#1b6ca8", "#c8553d", "#588157", "#8e6c8a", "#e09f3e", "#444444");

    String svg() {
        double top = roundedUp(nanos.values().stream()
                .flatMap(samples -> points(samples).stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1));
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"
                        + "<text x=\"%d\" y=\"22\" font-size=\"14\">%s</text>%n",
                WIDTH,
                HEIGHT,
                LEFT,
                title));
        axes(svg, top);
        int line = 0;
        for (Map.Entry<String, List<Long>> step : nanos.entrySet()) {
            line(svg, step.getKey(), points(step.getValue()), top, line++);
        }
        return svg.append("</svg>\n").toString();
    }

    private void axes(StringBuilder svg, double top) {
        for (int i = 0; i <= 4; i++) {
            double y = y(top * i / 4, top);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>"
                            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.4g</text>%n",
                    LEFT,
                    y,
                    WIDTH - RIGHT,
                    y,
                    LEFT - 6,
                    y + 4,
                    top * i / 4));
        }
        int count = nanos.values().stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i <= 4; i++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>%n",
                    LEFT + (WIDTH - RIGHT - LEFT) * i / 4.0,
                    HEIGHT - 14,
                    count * i / 4));
        }
    }

    private static void line(StringBuilder svg, String name, List<Double> points, double top, int number) {
        String colour = COLOURS.get(number % COLOURS.size());
        svg.append("<polyline fill=\"none\" stroke=\"").append(colour).append("\" stroke-width=\"1.5\" points=\"");
        for (int i = 0; i < points.size(); i++) {
            double x = LEFT + (WIDTH - RIGHT - LEFT) * (i + 0.5) / points.size();
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y(points.get(i), top)));
        }
        svg.append(String.format(
                Locale.ROOT,
                "\"/>%n<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n",
                WIDTH - RIGHT + 12,
                TOP + 16 * (number + 1),
                colour,
                name));
    }

    private static double y(double millis, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * millis / top;
    }

    private static List<Double> points(List<Long> samples) {
        int points = Math.min(POINTS, samples.size());
        return java.util.stream.IntStream.range(0, points)
                .mapToObj(
                        i -> Samples.of(samples.subList(samples.size() * i / points, samples.size() * (i + 1) / points))
                                .percentileMillis(50))
                .toList();
    }

    /** A round number that is not below. */
    private static double roundedUp(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        return List.of(1, 2, 5, 10).stream()
                .mapToDouble(factor -> factor * power)
                .filter(round -> round >= value)
                .findFirst()
                .orElse(10 * power);
    }
}
