package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Looks for repositories: Docker Hub has a search of its own, other registries have a catalogue. */
public final class Search {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final String DOCKER_INDEX = "index.docker.io";

    private Search() {}

    /** Finds at most so many; see {@link dev.berth.image.Images#search}. */
    public static List<SearchResult> find(String term, int limit, RegistryOptions options, Credentials credentials)
            throws IOException {
        if (term.contains("://")) {
            throw new ImageException(
                    ImageException.Kind.BAD_REQUEST,
                    "invalid repository name: repository name (" + RegistryError.printable(term)
                            + ") should not have a scheme");
        }
        int slash = term.indexOf('/');
        String first = slash < 0 ? "" : term.substring(0, slash);
        boolean elsewhere = first.contains(".") || first.contains(":") || first.equals("localhost");
        boolean hub = !elsewhere || first.equals(Reference.DOCKER_HUB) || first.equals(DOCKER_INDEX);
        String words = elsewhere ? term.substring(slash + 1) : term;
        return hub ? onHub(words, limit, options, credentials) : inCatalogue(first, words, limit, options, credentials);
    }

    private static List<SearchResult> onHub(String words, int limit, RegistryOptions options, Credentials credentials)
            throws IOException {
        RegistryAddress index = new RegistryAddress(Reference.DOCKER_HUB, DOCKER_INDEX, RegistryAddress.Trust.VERIFIED);
        String query = "q=" + URLEncoder.encode(words, StandardCharsets.UTF_8) + "&n=" + limit;
        String action = "search Docker Hub";
        try (RegistrySession session = RegistrySession.open(index, options, credentials);
                Answer answer = session.send(Call.of("GET", session.uri("/v1/search?" + query), action, List.of()))) {
            if (answer.status() != OK) {
                throw RegistryError.of(answer, action);
            }
            JsonObject json =
                    JsonObject.parse(answer.read(RegistryLimits.ANSWER_BYTES, "list of repositories"), "search result");
            List<SearchResult> results = new ArrayList<>();
            for (JsonObject one : json.objects("results")) {
                results.add(new SearchResult(
                        RegistryError.printable(one.string("name")),
                        RegistryError.printable(one.string("description")),
                        Math.toIntExact(Math.clamp(one.number("star_count").orElse(0L), 0, Integer.MAX_VALUE)),
                        one.bool("is_official")));
            }
            return results.subList(0, Math.min(limit, results.size()));
        }
    }

    private static List<SearchResult> inCatalogue(
            String domain, String words, int limit, RegistryOptions options, Credentials credentials)
            throws IOException {
        String action = "search registry " + domain;
        String wanted = words.toLowerCase(Locale.ROOT);
        List<SearchResult> results = new ArrayList<>();
        try (RegistrySession session = RegistrySession.open(domain, options, credentials)) {
            Optional<URI> page = Optional.of(session.uri("/v2/_catalog?n=1000"));
            for (int seen = 0, pages = 0; page.isPresent() && results.size() < limit; pages++) {
                if (pages == RegistryLimits.TAG_PAGES || seen > RegistryLimits.REPOSITORIES) {
                    throw ImageException.tooLarge(action + ": its catalogue does not end");
                }
                try (Answer answer = session.send(Call.of("GET", page.get(), action, List.of("registry:catalog:*")))) {
                    for (String name : names(answer, action)) {
                        seen++;
                        if (name.contains(wanted) && results.size() < limit) {
                            results.add(new SearchResult(domain + "/" + RegistryError.printable(name), "", 0, false));
                        }
                    }
                    page = Repository.nextPage(answer, "catalogue");
                }
            }
        }
        return results;
    }

    private static List<String> names(Answer answer, String action) throws IOException {
        return switch (answer.status()) {
            case OK ->
                JsonObject.parse(answer.read(RegistryLimits.ANSWER_BYTES, "catalogue"), "catalogue")
                        .strings("repositories");
            case NOT_FOUND ->
                throw new ImageException(ImageException.Kind.UNAVAILABLE, action + ": it has no catalogue to search");
            case UNAUTHORIZED, FORBIDDEN ->
                throw new ImageException(
                        RegistryError.kind(answer.status()),
                        action + ": 'docker login' may be required: " + RegistryError.words(answer));
            default -> throw RegistryError.of(answer, action);
        };
    }
}
