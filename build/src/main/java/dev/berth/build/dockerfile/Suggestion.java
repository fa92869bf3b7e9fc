package dev.berth.build.dockerfile;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** What somebody may have meant. */
final class Suggestion {
    /** Letters that may differ at most. */
    private static final int DISTANCE = 2;

    /** Letters of a word beyond which nobody compares. */
    private static final int WORD_CHARS = 100;

    private Suggestion() {}

    /** The one nearest to a word that is none of them; nothing where none is near, or the word is one of them. */
    static Optional<String> nearest(String word, Collection<String> known) {
        if (word.length() > WORD_CHARS || known.contains(word)) {
            return Optional.empty();
        }
        String nearest = "";
        int least = DISTANCE + 1;
        for (String candidate : known) {
            int distance =
                    Math.abs(candidate.length() - word.length()) > DISTANCE ? DISTANCE + 1 : distance(word, candidate);
            if (distance < least) {
                nearest = candidate;
                least = distance;
            }
        }
        return Optional.of(nearest).filter(found -> !found.isEmpty());
    }

    /** A message, with what may have been meant behind it. */
    static String append(String message, String word, Collection<String> known) {
        return message + nearest(word, known).map(Suggestion::question).orElse("");
    }

    /** The same for words whose case says nothing; what is suggested comes in the case of the word. */
    static String appendInAnyCase(String message, String word, Collection<String> knownInCapitals) {
        return message
                + nearest(word.toUpperCase(Locale.ROOT), knownInCapitals)
                        .map(found ->
                                word.equals(word.toLowerCase(Locale.ROOT)) ? found.toLowerCase(Locale.ROOT) : found)
                        .map(Suggestion::question)
                        .orElse("");
    }

    private static String question(String found) {
        return " (did you mean " + found + "?)";
    }

    /** Levenshtein's: letters to be inserted, left out or replaced. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
