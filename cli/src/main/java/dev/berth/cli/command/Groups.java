package dev.berth.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The groups that verbs are sorted into: {@code container ls}, {@code system df}. */
public final class Groups {
    /** What each is for. */
    private static final Map<String, String> HELP = new TreeMap<>(Map.of(
            "builder", "Manage builds",
            "container", "Manage containers",
            "context", "Manage contexts",
            "image", "Manage images",
            "manifest", "Manage image manifests and manifest lists",
            "network", "Manage networks",
            "system", "Manage Berth",
            "volume", "Manage volumes"));

    private Groups() {}

    /**
     * A verb of a group.
     *
     * @param key by which {@link Commands#find} knows it
     * @param others names that are as good, but not shown
     */
    public record Entry(String name, String key, List<String> others) {}

    /** The groups' names, and what they are for. */
    public static Map<String, String> all() {
        return HELP;
    }

    public static boolean has(String group) {
        return HELP.containsKey(group);
    }

    /** The verbs of a group by their names; each is written {@code name=key|other,other}, shorter where they are alike. */
    private static String table(String group) {
        return switch (group) {
            case "builder" -> "build prune=builder-prune";
            case "container" ->
                "attach commit cp create diff exec export inspect=container-inspect kill logs ls=ps|list,ps pause port"
                        + " prune=container-prune rename restart rm|remove run start stats stop top unpause update wait";
            case "context" ->
                "create=context-create export=context-export import=context-import inspect=context-inspect"
                        + " ls=context-ls|list rm=context-rm|remove show=context-show update=context-update"
                        + " use=context-use";
            case "image" ->
                "build history import inspect=image-inspect load ls=images|list prune=image-prune pull push"
                        + " rm=rmi|remove save tag";
            case "manifest" ->
                "annotate=manifest-annotate create=manifest-create inspect=manifest-inspect push=manifest-push"
                        + " rm=manifest-rm";
            case "network" ->
                "connect=network-connect create=network-create disconnect=network-disconnect"
                        + " inspect=network-inspect ls=network-ls|list prune=network-prune rm=network-rm|remove";
            case "system" -> "check=system-check df=system-df events fsck=system-fsck info prune=system-prune";
            case "volume" ->
                "create=volume-create inspect=volume-inspect ls=volume-ls|list prune=volume-prune"
                        + " rm=volume-rm|remove update=volume-update";
            default -> "";
        };
    }

    /** The verbs of a group, sorted. */
    public static List<Entry> entries(String group) {
        List<Entry> entries = new ArrayList<>();
        for (String word : table(group).split(" ", -1)) {
            int bar = word.indexOf('|');
            String shown = bar < 0 ? word : word.substring(0, bar);
            int equals = shown.indexOf('=');
            String name = equals < 0 ? shown : shown.substring(0, equals);
            entries.add(new Entry(
                    name,
                    equals < 0 ? shown : shown.substring(equals + 1),
                    bar < 0 ? List.of() : List.of(word.substring(bar + 1).split(",", -1))));
        }
        return entries;
    }

    /** The verb of this name in a group. */
    public static Optional<Entry> find(String group, String name) {
        return entries(group).stream()
                .filter(entry -> entry.name().equals(name) || entry.others().contains(name))
                .findFirst();
    }

    /** All the ways to say a verb; one or none where there is nothing to choose. */
    static List<String> names(String key) {
        List<String> names = new ArrayList<>();
        for (String group : HELP.keySet()) {
            for (Entry entry : entries(group)) {
                if (entry.key().equals(key)) {
                    names.add(group + " " + entry.name());
                    entry.others().forEach(other -> names.add(group + " " + other));
                }
            }
        }
        if (key.indexOf('-') < 0) {
            names.add(key);
        }
        return names;
    }

    /** The verbs that need no group: {@code ps}, as the overview shows them. */
    static List<String> verbs() {
        return Commands.OVERVIEW
                .lines()
                .filter(line -> line.matches(" {2}[a-z]+ {2,}[A-Z].*"))
                .map(line -> line.strip().split(" ", 2)[0])
                .filter(name -> !HELP.containsKey(name))
                .toList();
    }
}
