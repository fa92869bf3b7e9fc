package dev.berth.network.dns;

import java.util.List;

/**
 * What becomes of a container's questions that no container's name answers.
 *
 * @param upstreams who is asked, in this order; nobody where the container has no way out
 * @param ndotsSet whether the container's resolv.conf has an {@code ndots} of the user's: a name without a dot is then not
 *     asked of others, because the container's C library goes on with its search domains
 */
public record ResolverSettings(List<Upstream> upstreams, boolean ndotsSet) {
    /** More than the C library takes are not asked either. */
    private static final int UPSTREAMS_MAX = 3;

    /** Answers containers' names and no others. */
    public static final ResolverSettings NO_UPSTREAM = new ResolverSettings(List.of(), false);

    public ResolverSettings {
        upstreams = upstreams.stream().limit(UPSTREAMS_MAX).toList();
    }
}
