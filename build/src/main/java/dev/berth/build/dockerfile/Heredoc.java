package dev.berth.build.dockerfile;

/**
 * A document within a Dockerfile: {@code <<EOF}, and lines until {@code EOF}.
 *
 * @param name what ends it
 * @param content its lines as they are, each with its end
 * @param expands whether variables are filled in: its name was not quoted
 * @param strips whether tabs that lines begin with do not belong to it ({@code <<-})
 * @param descriptor the number before it, for a shell; 0 where there is none
 */
public record Heredoc(String name, String content, boolean expands, boolean strips, int descriptor) {
    /** The content without the tabs that do not belong to it. */
    public String stripped() {
        return strips ? content.replaceAll("(?m)^\t+", "") : content;
    }

    Heredoc withContent(String lines) {
        return new Heredoc(name, lines, expands, strips, descriptor);
    }
}
