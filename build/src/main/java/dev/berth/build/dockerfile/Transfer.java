package dev.berth.build.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What COPY and ADD carry where. */
record Transfer(List<String> sources, List<InlineFile> files, String target) {
    static Transfer of(String name, List<String> words, List<Heredoc> documents) {
        if (words.size() < 2) {
            throw new LanguageException(
                    name
                            + " requires at least two arguments, but only one was provided. Destination could not be determined");
        }
        String target = words.getLast();
        if (HeredocSign.read(target).isPresent()) {
            throw new LanguageException(name + " cannot accept a heredoc as a destination");
        }
        Map<String, Heredoc> byName = new HashMap<>();
        documents.forEach(document -> byName.put(document.name(), document));
        List<String> sources = new ArrayList<>();
        List<InlineFile> files = new ArrayList<>();
        for (String word : words.subList(0, words.size() - 1)) {
            Optional<Heredoc> document = HeredocSign.read(word).map(sign -> byName.get(sign.name()));
            if (document.isPresent()) {
                files.add(new InlineFile(
                        document.get().name(),
                        document.get().stripped(),
                        document.get().expands()));
            } else {
                sources.add(word);
            }
        }
        return new Transfer(sources, files, target);
    }
}
