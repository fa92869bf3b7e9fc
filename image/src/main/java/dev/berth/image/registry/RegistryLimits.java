package dev.berth.image.registry;

import java.time.Duration;

/**
 * How much of a registry is taken, and how long it is waited for. Sizes of manifests, configurations and blobs are
 * limited by {@link dev.berth.image.oci.Limits}, as wherever they come from.
 */
final class RegistryLimits {
    /** Bytes of an answer that is neither blob nor manifest: an error, a token, a list of tags. */
    static final int ANSWER_BYTES = 1 << 20;
    /** Bytes of a token; it travels in a header. */
    static final int TOKEN_BYTES = 64 << 10;

    static final int CHALLENGE_CHARS = 8 << 10;
    static final int REDIRECTS = 10;
    static final int TAGS = 10_000;
    static final int TAG_PAGES = 1_000;
    /** Bytes of an error's text that are passed on to the user. */
    static final int ERROR_CHARS = 500;

    /** How often an upload is taken up. */
    static final int UPLOADS = 5;

    static final int REPOSITORIES = 10_000;

    static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    /** Also the longest pause that a registry may ask for; beyond it the request fails. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    static final Duration CONNECT = Duration.ofSeconds(15);
    /** Until an answer begins. */
    static final Duration ANSWER = Duration.ofSeconds(60);
    /** Between two parts of an answer. */
    static final Duration SILENCE = Duration.ofSeconds(60);
    /** For an upload's answer, which may come only once the blob has been verified over there. */
    static final Duration UPLOAD = Duration.ofMinutes(30);

    /** What a token is good for when it doesn't say (distribution token specification). */
    static final Duration TOKEN_LIFE = Duration.ofSeconds(60);

    static final Duration HELPER = Duration.ofSeconds(30);
    static final int HELPER_BYTES = 1 << 20;
    static final int CONFIG_BYTES = 4 << 20;
    static final int CERTIFICATE_BYTES = 4 << 20;

    private RegistryLimits() {}
}
