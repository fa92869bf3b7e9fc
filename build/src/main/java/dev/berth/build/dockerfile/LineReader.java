package dev.berth.build.dockerfile;

import dev.berth.build.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes a Dockerfile apart into instructions: joins lines, leaves comments out, and collects documents. */
final class LineReader {
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final String name;
    private final String source;
    private final List<String> lines;
    private final Directives.Reader head = new Directives.Reader();
    private final List<Location> emptyContinuations = new ArrayList<>();
    private List<String> comments = new ArrayList<>();
    /** Lines that have been read. */
    private int at;

    LineReader(String name, String source) {
        this.name = name;
        this.source = source;
        this.lines = lines(source.startsWith(BYTE_ORDER_MARK) ? source.substring(1) : source);
    }

    /** Each with its line feed; what follows the last one is a line where it is anything. */
    private static List<String> lines(String source) {
        List<String> lines = new ArrayList<>();
        for (int start = 0; start < source.length(); ) {
            int feed = source.indexOf('\n', start);
            int end = feed < 0 ? source.length() : feed + 1;
            lines.add(source.substring(start, end));
            start = end;
        }
        return lines;
    }

    /** Valid when all lines have been read. */
    Directives directives() {
        return head.directives();
    }

    /** Instructions of which a line that goes on is followed by an empty one; their last lines. */
    List<Location> emptyContinuations() {
        return emptyContinuations;
    }

    /** The next instruction; nothing at the end. */
    Optional<Line> next() {
        while (at < lines.size()) {
            String line = Text.trimStart(withoutEnd(lines.get(at++)));
            if (isDirective(line) || isComment(line)) {
                continue;
            }
            if (line.isEmpty()) {
                comments = new ArrayList<>();
                continue;
            }
            return Optional.of(instruction(line));
        }
        return Optional.empty();
    }

    private boolean isDirective(String line) {
        try {
            return head.read(line);
        } catch (LanguageException e) {
            throw error(at, e.reason());
        }
    }

    /** Comments are kept for whatever comes next; an empty one says that those before it are not about that. */
    private boolean isComment(String line) {
        if (!line.startsWith("#")) {
            return false;
        }
        String comment = Text.trim(line.substring(1));
        if (comment.isEmpty()) {
            comments = new ArrayList<>();
        } else {
            comments.add(comment);
        }
        return true;
    }

    private Line instruction(String firstLine) {
        int first = at;
        StringBuilder text = new StringBuilder();
        boolean goesOn = append(text, firstLine);
        boolean empty = false;
        while (goesOn && at < lines.size()) {
            String line = withoutEnd(lines.get(at++));
            String content = Text.trimStart(line);
            if (content.isEmpty()) {
                empty = true;
            } else if (!content.startsWith("#")) {
                goesOn = append(text, line);
            }
        }
        if (empty) {
            emptyContinuations.add(Location.line(at));
        }
        List<String> above = comments;
        comments = new ArrayList<>();
        List<Heredoc> documents = documents(text.toString(), first);
        return new Line(text.toString(), new Location(first, at), documents, above);
    }

    /** Appends a line without the sign that says that another follows; whether one does. */
    private boolean append(StringBuilder text, String line) {
        char escape = head.escape();
        int end = line.length();
        while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
            end--;
        }
        boolean goesOn = end > 0 && line.charAt(end - 1) == escape && (end == 1 || line.charAt(end - 2) != escape);
        text.append(goesOn ? line.substring(0, end - 1) : line);
        return goesOn;
    }

    private List<Heredoc> documents(String text, int first) {
        if (!text.contains("<<") || !Command.split(text, head.escape()).takesDocuments(head.escape())) {
            return List.of();
        }
        try {
            List<Heredoc> documents = new ArrayList<>();
            for (Heredoc document : HeredocSign.all(text)) {
                if (documents.size() == Limits.HEREDOCS) {
                    throw new LanguageException("more than " + Limits.HEREDOCS + " heredocs");
                }
                documents.add(document.withContent(content(document)));
            }
            return documents;
        } catch (LanguageException e) {
            throw DockerfileException.parsing(name, source, new Location(first, at), e.reason());
        }
    }

    private String content(Heredoc document) {
        StringBuilder content = new StringBuilder();
        while (at < lines.size()) {
            String line = lines.get(at++);
            String plain = withoutEnd(line);
            if ((document.strips() ? withoutTabs(plain) : plain).equals(document.name())) {
                return content.toString();
            }
            content.append(line);
        }
        throw new LanguageException("unterminated heredoc");
    }

    private static String withoutTabs(String line) {
        int start = 0;
        while (start < line.length() && line.charAt(start) == '\t') {
            start++;
        }
        return line.substring(start);
    }

    private static String withoutEnd(String line) {
        int end = line.length();
        while (end > 0 && (line.charAt(end - 1) == '\n' || line.charAt(end - 1) == '\r')) {
            end--;
        }
        return line.substring(0, end);
    }

    private DockerfileException error(int line, String reason) {
        return DockerfileException.parsing(name, source, Location.line(Math.max(1, line)), reason);
    }
}
