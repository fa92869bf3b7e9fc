package dev.berth.build;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Where secrets come from that RUNs have mounted. Asked for when a step needs one; nothing of it is kept. */
@FunctionalInterface
public interface SecretSource {
    /** The secret of this id, where there is one. */
    Optional<byte[]> secret(String id) throws IOException;

    /** Of secrets that are here. */
    static SecretSource of(Map<String, byte[]> secrets) {
        return id -> Optional.ofNullable(secrets.get(id));
    }
}
