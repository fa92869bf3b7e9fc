package dev.berth.linux.netlink;

import java.nio.charset.StandardCharsets;

/** What an interface may be called ({@code dev_valid_name} in the kernel's {@code net/core/dev.c}). */
public final class InterfaceName {
    /** IFNAMSIZ without the zero at its end. */
    public static final int BYTES_MAX = 15;

    private InterfaceName() {}

    /**
     * Gives a name back that is one.
     *
     * @throws IllegalArgumentException where it is none. A percent sign is refused too: the kernel takes it for a place to
     *     put a number.
     */
    public static String check(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "an interface's name has 1 to " + BYTES_MAX + " bytes, and \"" + name + "\" has " + bytes);
        }
        if (".".equals(name) || "..".equals(name)) {
            throw new IllegalArgumentException("an interface can't be called \"" + name + "\"");
        }
        name.chars()
                .filter(c -> c == '/' || c == ':' || c == '%' || c <= ' ' || c == 0x7f)
                .findFirst()
                .ifPresent(c -> {
                    throw new IllegalArgumentException(
                            "an interface's name has no slash, colon, percent sign, space or control character, and \""
                                    + name + "\" has one");
                });
        return name;
    }
}
