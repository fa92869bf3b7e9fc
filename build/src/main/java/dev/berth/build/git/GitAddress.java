package dev.berth.build.git;

import dev.berth.build.BuildException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repository, and what is meant of it: {@code https://host/x.git#ref:directory}, {@code git@host:x}, {@code git://},
 * {@code ssh://}, with BuildKit's queries in place of the fragment.
 *
 * @param remote as git is given it; no other protocols than those above
 * @param ref a branch, a tag, a full name or a commit; empty for the remote's HEAD
 * @param directory the part that is wanted, without a slash at its ends; empty for all
 * @param checksum the beginning of the commit that has to be there; empty for any
 * @param keepGit whether {@code .git} comes along, where that is said
 * @param submodules whether the repositories within it come along
 */
public record GitAddress(
        String remote, String ref, String directory, String checksum, Optional<Boolean> keepGit, boolean submodules) {
    private static final Pattern PROTOCOL = Pattern.compile("([A-Za-z0-9]+)://.*", Pattern.DOTALL);
    private static final Pattern SCP = Pattern.compile("[\\w.-]+@[\\w.-]+:[^#?]+([#?].*)?", Pattern.DOTALL);
    private static final Pattern COMMIT_START = Pattern.compile("[0-9a-f]{7,64}");
    /** What git takes for a name or a commit (git-check-ref-format(1)), and nothing that could be an option. */
    private static final Pattern REF = Pattern.compile("[^-\\s~^:?*\\[\\\\\\p{Cntrl}][^\\s~^:?*\\[\\\\\\p{Cntrl}]*");

    private static final Set<String> PROTOCOLS = Set.of("http", "https", "ssh", "git");

    /**
     * Reads an address.
     *
     * @return nothing for what means no repository
     * @throws BuildException INVALID for a repository's that makes no sense
     */
    public static Optional<GitAddress> parse(String text) {
        Matcher protocol = PROTOCOL.matcher(text);
        if (!protocol.matches()) {
            return SCP.matcher(text).matches() ? Optional.of(read(text, text)) : Optional.empty();
        }
        String name = protocol.group(1).toLowerCase(Locale.ROOT);
        boolean web = name.startsWith("http");
        String path = text.replaceFirst("[#?].*", "");
        return PROTOCOLS.contains(name) && (!web || path.endsWith(".git"))
                ? Optional.of(read(text, path))
                : Optional.empty();
    }

    /** As {@link #parse}, where also {@code github.com/owner/name} is one. */
    public static Optional<GitAddress> ofContext(String text) {
        return text.startsWith("github.com/") ? Optional.of(read("https://" + text, "https://" + text)) : parse(text);
    }

    private static GitAddress read(String text, String path) {
        String remote = path.replaceFirst("[#?].*", "");
        checkHost(text, remote);
        int hash = text.indexOf('#');
        String fragment = hash < 0 ? "" : text.substring(hash + 1);
        Map<String, String> query = query(text, hash < 0 ? text : text.substring(0, hash));
        int colon = fragment.indexOf(':');
        String ref = one(text, "ref", colon < 0 ? fragment : fragment.substring(0, colon), ref(text, query));
        String directory =
                one(text, "subdir", colon < 0 ? "" : fragment.substring(colon + 1), query.getOrDefault("subdir", ""));
        if (!ref.isEmpty() && (!REF.matcher(ref).matches() || ref.contains(".."))) {
            throw invalid(text, "\"" + ref + "\" is no name of a branch, a tag or a commit");
        }
        String checksum = query.getOrDefault("checksum", query.getOrDefault("commit", ""));
        return new GitAddress(
                        remote,
                        ref,
                        inside(text, directory),
                        "",
                        Optional.ofNullable(query.get("keep-git-dir")).map(value -> truth(text, "keep-git-dir", value)),
                        Optional.ofNullable(query.get("submodules"))
                                .map(value -> truth(text, "submodules", value))
                                .orElse(true))
                .withChecksum(checksum);
    }

    /** Whether the one who asks is known by a key. */
    public boolean isSsh() {
        return !remote.contains("://") || remote.regionMatches(true, 0, "ssh://", 0, 6);
    }

    /** The same, whose commit has to begin so; empty for no such wish. */
    public GitAddress withChecksum(String wanted) {
        if (!wanted.isEmpty() && !COMMIT_START.matcher(wanted).matches()) {
            throw BuildException.invalid(
                    "invalid checksum " + wanted + " for Git URL, expected hex commit hash of 7 digits or more");
        }
        return wanted.isEmpty() ? this : new GitAddress(remote, ref, directory, wanted, keepGit, submodules);
    }

    /** A host that looks like an option is one to the program that git starts. */
    private static void checkHost(String text, String remote) {
        String host = remote.replaceFirst("^[A-Za-z0-9]+://", "").replaceFirst("^[^/@]*@", "");
        if (host.isEmpty()
                || host.startsWith("-")
                || remote.startsWith("-")
                || remote.chars().anyMatch(c -> c <= ' ')) {
            throw invalid(text, "it names no host");
        }
        if (PROTOCOL.matcher(remote).matches()) {
            try {
                URI.create(remote);
            } catch (IllegalArgumentException e) {
                throw invalid(text, String.valueOf(e.getMessage()));
            }
        }
    }

    private static Map<String, String> query(String text, String withoutFragment) {
        Map<String, String> values = new HashMap<>();
        int mark = withoutFragment.indexOf('?');
        if (mark < 0) {
            return values;
        }
        for (String pair : withoutFragment.substring(mark + 1).split("&")) {
            String[] sides = pair.split("=", 2);
            String key = sides[0];
            String value = sides.length < 2 ? "" : URLDecoder.decode(sides[1], StandardCharsets.UTF_8);
            if (!Set.of("ref", "tag", "branch", "subdir", "checksum", "commit", "keep-git-dir", "submodules")
                    .contains(key)) {
                throw invalid(text, "unexpected query \"" + key + "\"");
            }
            if (value.isEmpty() && !key.equals("keep-git-dir") && !key.equals("submodules")) {
                throw invalid(text, "query \"" + key + "\" has no value");
            }
            if (values.put(key, value) != null) {
                throw invalid(text, "query \"" + key + "\" has multiple values");
            }
        }
        return values;
    }

    private static String ref(String text, Map<String, String> query) {
        if (query.containsKey("tag") && query.containsKey("branch")) {
            throw invalid(text, "branch conflicts with tag");
        }
        String ref = query.getOrDefault("ref", "");
        ref = one(text, "ref", ref, full("refs/tags/", query.getOrDefault("tag", "")));
        return one(text, "ref", ref, full("refs/heads/", query.getOrDefault("branch", "")));
    }

    private static String full(String prefix, String name) {
        return name.isEmpty() || name.startsWith(prefix) ? name : prefix + name;
    }

    private static String one(String text, String what, String first, String second) {
        if (!first.isEmpty() && !second.isEmpty() && !first.equals(second)) {
            throw invalid(text, what + " conflicts: \"" + first + "\" vs \"" + second + "\"");
        }
        return first.isEmpty() ? second : first;
    }

    private static boolean truth(String text, String key, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "", "1", "t", "true" -> true;
            case "0", "f", "false" -> false;
            default -> throw invalid(text, "invalid " + key + " value: \"" + value + "\"");
        };
    }

    /** Names that lead nowhere but below. */
    private static String inside(String text, String directory) {
        StringBuilder clean = new StringBuilder();
        for (String name : directory.split("/")) {
            if (name.equals("..") || name.equals(".git")) {
                throw invalid(text, "the directory " + directory + " is not part of it");
            }
            if (!name.isEmpty() && !name.equals(".")) {
                clean.append(clean.isEmpty() ? "" : "/").append(name);
            }
        }
        return clean.toString();
    }

    private static BuildException invalid(String text, String why) {
        return BuildException.invalid("invalid git address " + shown(text) + ": " + why);
    }

    /** An address for the eye, without the password that may be in it. */
    static String shown(String address) {
        return address.replaceFirst("//([^/@:]*):[^/@]*@", "//$1:xxxxx@");
    }
}
