package dev.berth.cli.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.json.Json;
import dev.berth.linux.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {
    private static final Pattern UP = Pattern.compile("\033\\[(\\d+)A\r\033\\[J");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Terminal.Size size = new Terminal.Size(24, 40);
    private long now;
    private final TerminalProgress progress = new TerminalProgress(
            new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> size, () -> now * 100_000_000);

    private void told(String json) {
        progress.event(Json.parse(json), json);
    }

    private void text(int stage, String text) {
        told(Json.text(Json.of("stream", text, "stage", stage)));
    }

    /** Time goes on, and is drawn. */
    private void pass(int tenths) {
        now += tenths;
        progress.tick();
    }

    /** What a terminal shows of all that was written so far. */
    private List<String> screen() {
        List<String> lines = new ArrayList<>();
        String written = bytes.toString(StandardCharsets.UTF_8);
        int at = 0;
        for (Matcher up = UP.matcher(written); up.find(); at = up.end()) {
            lines.addAll(written.substring(at, up.start()).lines().toList());
            int most = Integer.parseInt(up.group(1));
            lines.subList(lines.size() - most, lines.size()).clear();
        }
        lines.addAll(written.substring(at).lines().toList());
        return lines;
    }

    @Test
    void stepsAreSideBySideUntilTheyAreComplete() {
        progress.sent(2048);
        text(0, "Step 1/4 : FROM box AS a\n");
        text(0, " ---> 0123456789ab\n");
        text(0, "Step 2/4 : RUN make\n");
        text(1, "Step 3/4 : FROM box\n");
        now += 3;
        text(1, " ---> 0123456789ab\n");
        text(1, "Step 4/4 : RUN test && \\\n    more\n");
        text(0, " ---> Running in 0123456789ab\n");
        text(0, "\033[31mred\033[0m\n50%\r100%\npart");
        pass(9);
        assertThat(screen())
                .containsExactly(
                        " => transferring context: 2.05kB   0.0s",
                        " => [1/4] FROM box AS a            0.0s",
                        " => [3/4] FROM box                 0.3s",
                        "[+] Building 1.2s (2/4)",
                        " => [2/4] RUN make                 1.2s",
                        " => => # red",
                        " => => # 100%",
                        " => => # part",
                        " => [4/4] RUN test && \\ more       0.9s");
        text(1, " ---> Using cache\n");
        text(1, " ---> 0123456789ab\n");
        text(0, " ---> 0123456789ab\n");
        told("{\"stream\":\"Successfully built 0123456789ab\\n\"}");
        progress.end(true);
        assertThat(screen())
                .endsWith(
                        " => [3/4] FROM box                 0.3s",
                        " => CACHED [4/4] RUN test && \\ mor 0.9s",
                        " => [2/4] RUN make                 1.2s",
                        "Successfully built 0123456789ab",
                        "[+] Building 1.2s (4/4) FINISHED");
    }

    @Test
    void theStepThatFailsIsShownWithTheEndOfItsOutput() {
        text(0, "Step 1/2 : RUN other\n");
        text(1, "Step 2/2 : RUN false\n");
        for (int i = 1; i <= 40; i++) {
            text(1, "line " + i + "\n");
        }
        told("{\"stage\":1,\"failed\":true}");
        told("{\"stream\":\"Dockerfile:1\\n>>> RUN false\\n\"}");
        progress.end(false);
        List<String> screen = screen();
        assertThat(screen).hasSize(37).doesNotContain("line 10");
        assertThat(screen.subList(0, 4))
                .containsExactly(" => ERROR [2/2] RUN false          0.0s", "------", " > [2/2] RUN false:", "line 11");
        assertThat(screen)
                .endsWith("line 40", "------", "Dockerfile:1", ">>> RUN false", "[+] Building 0.0s (0/2) ERROR");
    }

    @Test
    void layersOfABaseAreOnTheirWayUntilTheyAreThere() {
        text(0, "Step 1/1 : FROM debian\n");
        told("{\"id\":\"aa\",\"status\":\"Downloading\",\"progressDetail\":{\"current\":1000,\"total\":2000}}");
        pass(1);
        assertThat(screen()).contains(" => => aa: Downloading 1kB / 2kB");
        told("{\"status\":\"Status: Downloaded newer image for debian\"}");
        pass(1);
        assertThat(screen())
                .contains("Status: Downloaded newer image for debian")
                .noneMatch(line -> line.contains("aa:"));
    }

    @Test
    void theBlockIsNeverHigherThanTheTerminalNorALineWider() {
        size = new Terminal.Size(6, 30);
        for (int stage = 0; stage < 3; stage++) {
            text(stage, "Step " + (stage + 1) + "/9 : RUN a very long command that does not fit\n");
            text(stage, "字".repeat(40) + "\n".repeat(20) + "字".repeat(40) + "\n");
        }
        pass(1);
        assertThat(screen()).hasSizeLessThanOrEqualTo(5).allMatch(line -> line.length() < 30);
        size = new Terminal.Size(2, 30);
        pass(1);
        assertThat(screen()).containsExactly("[+] Building 0.2s (0/9)");
    }

    @Test
    void nothingOfTheBlockStaysWhereItIsGivenUp() {
        text(0, "Step 1/1 : FROM box\n");
        progress.close();
        assertThat(screen()).isEmpty();
    }
}
