package dev.berth.image.registry;

/** Who someone is to a registry. Their text form tells no secret. */
public sealed interface Credentials {
    /** Nobody in particular. */
    record Anonymous() implements Credentials {}

    /** A user and a password. */
    record Basic(String user, String password) implements Credentials {
        @Override
        public String toString() {
            return "Basic[user=" + user + "]";
        }
    }

    /** A token that the registry's authorization service takes in exchange for others (OAuth 2's refresh token). */
    record IdentityToken(String token) implements Credentials {
        @Override
        public String toString() {
            return "IdentityToken";
        }
    }

    /** A token for the registry itself. */
    record RegistryToken(String token) implements Credentials {
        @Override
        public String toString() {
            return "RegistryToken";
        }
    }

    Credentials ANONYMOUS = new Anonymous();
}
