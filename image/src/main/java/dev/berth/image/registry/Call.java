package dev.berth.image.registry;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Supplier;

/**
 * A request to a registry.
 *
 * @param target a path below the registry, or where it sent us
 * @param action what it is for, as error messages begin
 * @param scopes what a token for it must allow
 * @param body made anew each time it is sent
 * @param repeatable whether it may be sent again after it failed midway
 */
record Call(
        String method,
        URI target,
        String action,
        SequencedSet<String> scopes,
        Map<String, String> headers,
        Supplier<BodyPublisher> body,
        Duration patience,
        boolean repeatable) {
    /** A request without a body. */
    static Call of(String method, URI target, String action, List<String> scopes) {
        return new Call(
                method,
                target,
                action,
                new LinkedHashSet<>(scopes),
                Map.of(),
                BodyPublishers::noBody,
                RegistryLimits.ANSWER,
                true);
    }

    Call withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Call(method, target, action, scopes, more, body, patience, repeatable);
    }

    /** This request with a body, to be sent once only: what has been taken over there is to be asked for first. */
    Call withBody(Supplier<BodyPublisher> other, Duration otherPatience) {
        return new Call(method, target, action, scopes, headers, other, otherPatience, false);
    }

    /** This request with a small body. */
    Call withBytes(byte[] bytes) {
        return new Call(
                method,
                target,
                action,
                scopes,
                headers,
                () -> BodyPublishers.ofByteArray(bytes),
                RegistryLimits.ANSWER,
                repeatable);
    }
}
