package dev.berth.engine.volume;

import dev.berth.engine.error.EngineException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a file system of another host is: the kernel knows addresses, users give names. */
final class ShareAddress {
    private static final Set<String> NFS = Set.of("nfs", "nfs4");
    private static final Set<String> CIFS = Set.of("cifs", "smb3");
    private static final String OPTION = "addr=";
    /** A device of CIFS: {@code //server/share}, in front of the server a scheme and a user, behind it a port. */
    private static final Pattern DEVICE =
            Pattern.compile("((?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/@]*@)?)(\\[[^]/]*]|[^/:]*)(?::([0-9]*))?(/.*)?");

    private ShareAddress() {}

    /** @throws EngineException INVALID for a device with a port, in Docker's words */
    static void check(String type, String device) {
        Matcher parts = DEVICE.matcher(device);
        if (CIFS.contains(type)
                && parts.matches()
                && parts.group(3) != null
                && !parts.group(3).isEmpty()) {
            throw EngineException.invalid("port not allowed in CIFS device URL, include 'port' in 'o='");
        }
    }

    /** With addresses in the place of names: in the option {@code addr} where there is one, else in CIFS's device. */
    static VolumeSource.FileSystem resolve(VolumeSource.FileSystem share) throws UnknownHostException {
        if (!NFS.contains(share.type()) && !CIFS.contains(share.type())) {
            return share;
        }
        List<String> options = new ArrayList<>(share.options());
        for (int i = 0; i < options.size(); i++) {
            if (options.get(i).startsWith(OPTION) && options.get(i).length() > OPTION.length()) {
                options.set(i, OPTION + address(options.get(i).substring(OPTION.length())));
                return new VolumeSource.FileSystem(share.type(), share.device(), options);
            }
        }
        Matcher parts = DEVICE.matcher(share.device());
        if (!CIFS.contains(share.type()) || !parts.matches() || parts.group(2).isEmpty()) {
            return share;
        }
        String path = parts.group(4) == null ? "" : parts.group(4);
        return new VolumeSource.FileSystem(
                share.type(), parts.group(1) + address(parts.group(2)) + path, share.options());
    }

    /** Of IPv4 where the name has one. */
    private static String address(String host) throws UnknownHostException {
        if (host.startsWith("[")) {
            return host;
        }
        InetAddress[] all;
        try {
            all = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            UnknownHostException told = new UnknownHostException("lookup " + host + ": no such host");
            told.initCause(e);
            throw told;
        }
        InetAddress chosen = Arrays.stream(all)
                .filter(Inet4Address.class::isInstance)
                .findFirst()
                .orElse(all[0]);
        return chosen.getHostAddress();
    }
}
