package dev.berth.build.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The signs in an instruction that say that documents follow: {@code <<EOF}, {@code 3<<-"EOF"}. */
final class HeredocSign {
    private static final Pattern FORM = Pattern.compile("(\\d*)<<(-?)\\s*([^<]*)", Pattern.DOTALL);
    private static final Function<String, Optional<String>> NOTHING_SET = name -> Optional.empty();

    private HeredocSign() {}

    /** All in a text, in their order, without their contents. */
    static List<Heredoc> all(String text) {
        List<Heredoc> signs = new ArrayList<>();
        List<String> words;
        try {
            words = Expansion.ofRawWords().expand(text, NOTHING_SET).words();
        } catch (LanguageException e) {
            return List.of(); // quotes that do not end: whatever it is, a shell will say so
        }
        for (String word : words) {
            read(word).ifPresent(signs::add);
        }
        return signs;
    }

    /**
     * A word that is such a sign, without the content.
     *
     * @throws LanguageException when its name has quotes or a substitution that do not end
     */
    static Optional<Heredoc> read(String word) {
        Matcher sign = FORM.matcher(word);
        if (!sign.matches() || sign.group(3).isEmpty()) {
            return Optional.empty();
        }
        List<String> plain = words(sign.group(3), false);
        if (plain.size() != 1) {
            return Optional.empty();
        }
        List<String> raw = words(sign.group(3), true);
        boolean quoted = quotes(String.join("", raw)) != quotes(plain.getFirst());
        return Optional.of(
                new Heredoc(plain.getFirst(), "", !quoted, sign.group(2).equals("-"), descriptor(sign.group(1))));
    }

    private static List<String> words(String text, boolean withQuotes) {
        return new Expansion('\\', withQuotes, false, true, false)
                .expand(text, NOTHING_SET)
                .words();
    }

    private static long quotes(String text) {
        return text.chars().filter(c -> c == '\'' || c == '"').count();
    }

    private static int descriptor(String digits) {
        try {
            return digits.isEmpty() ? 0 : Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new LanguageException("heredoc of an impossible file descriptor " + Text.shortened(digits));
        }
    }
}
