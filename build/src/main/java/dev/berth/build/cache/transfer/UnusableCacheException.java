package dev.berth.build.cache.transfer;

import java.io.IOException;
import java.io.Serial;

/** A cache does not have what it has promised: a build that relied on it begins anew without it. */
public final class UnusableCacheException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    UnusableCacheException(String cache, IOException reason) {
        super(cache + ": " + reason.getMessage(), reason);
    }
}
