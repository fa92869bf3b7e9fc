package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.Context;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import dev.berth.cli.registry.ImageName;
import dev.berth.cli.registry.Logins;
import dev.berth.cli.registry.ManifestLists;
import dev.berth.cli.registry.RegistryClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verbs about manifests and lists of them; the command line talks to registries itself, as docker's does. */
final class ManifestCommands {
    private static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    private static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    private static final Flag INSECURE = Flag.flag("insecure", "", "Allow communication with an insecure registry");

    private ManifestCommands() {}

    static Command create() {
        return Command.of(
                "create MANIFEST_LIST MANIFEST [MANIFEST...]",
                "Create a local manifest list for annotating and pushing to a registry",
                2,
                -1,
                List.of(Flag.flag("amend", "a", "Amend an existing manifest list"), INSECURE),
                (context, flags) -> {
                    ImageName list = ImageName.parse(flags.arguments().getFirst());
                    ManifestLists lists = lists(context);
                    if (lists.has(list) && !flags.has("amend")) {
                        throw new CliException("refusing to amend an existing manifest list with no --amend flag");
                    }
                    List<ManifestLists.Entry> entries = new ArrayList<>();
                    for (String name :
                            flags.arguments().subList(1, flags.arguments().size())) {
                        entries.add(find(context, flags, list, ImageName.parse(name)));
                    }
                    entries.forEach(entry -> lists.put(list, entry));
                    context.out().println("Created manifest list " + list);
                    return 0;
                });
    }

    static Command annotate() {
        return Command.of(
                "annotate [OPTIONS] MANIFEST_LIST MANIFEST",
                "Add additional information to a local image manifest",
                2,
                2,
                List.of(
                        Flag.text("arch", "", "Set architecture"),
                        Flag.text("os", "", "Set operating system"),
                        Flag.list("os-features", "", "Set operating system feature"),
                        Flag.text("os-version", "", "Set operating system version"),
                        Flag.text("variant", "", "Set architecture variant")),
                (context, flags) -> {
                    ImageName list = ImageName.parse(flags.arguments().getFirst());
                    ImageName manifest = ImageName.parse(flags.arguments().get(1));
                    ManifestLists.Entry entry = lists(context)
                            .entry(list, manifest)
                            .orElseThrow(() ->
                                    new CliException("manifest for image " + manifest + " does not exist in " + list));
                    Map<String, @Nullable Object> descriptor = new LinkedHashMap<>(entry.descriptor());
                    Map<String, @Nullable Object> platform = new Tree(descriptor).members("platform");
                    flags.text("os").ifPresent(os -> platform.put("os", os));
                    flags.text("arch").ifPresent(arch -> platform.put("architecture", arch));
                    flags.text("variant").ifPresent(variant -> platform.put("variant", variant));
                    flags.text("os-version").ifPresent(version -> platform.put("os.version", version));
                    if (flags.isSet("os-features")) {
                        platform.put("os.features", flags.list("os-features"));
                    }
                    if (String.valueOf(platform.getOrDefault("os", "")).isEmpty()
                            || String.valueOf(platform.getOrDefault("architecture", ""))
                                    .isEmpty()) {
                        throw new CliException("manifest entry for image has unsupported os/arch combination: "
                                + platform.getOrDefault("os", "") + "/" + platform.getOrDefault("architecture", ""));
                    }
                    descriptor.put("platform", platform);
                    lists(context).put(list, new ManifestLists.Entry(entry.name(), descriptor, entry.raw()));
                    return 0;
                });
    }

    static Command inspect() {
        return Command.of(
                "inspect [OPTIONS] [MANIFEST_LIST] MANIFEST",
                "Display an image manifest, or manifest list",
                1,
                2,
                List.of(INSECURE, Flag.flag("verbose", "v", "Output additional info including layers and platform")),
                ManifestCommands::inspect);
    }

    private static int inspect(Context context, Flags flags) {
        List<String> words = flags.arguments();
        if (words.size() == 2) {
            ImageName list = ImageName.parse(words.getFirst());
            ImageName manifest = ImageName.parse(words.get(1));
            ManifestLists.Entry entry = lists(context)
                    .entry(list, manifest)
                    .orElseThrow(() -> new CliException("No such manifest: " + manifest));
            print(context, flags, entry);
            return 0;
        }
        ImageName name = ImageName.parse(words.getFirst());
        List<ManifestLists.Entry> local = lists(context).entries(name);
        if (!local.isEmpty()) {
            printList(context, flags, local, document(local));
            return 0;
        }
        try (RegistryClient registry = client(context, flags, name)) {
            RegistryClient.Document found = registry.manifest(name);
            if (!isList(found)) {
                print(context, flags, entry(registry, name, found));
                return 0;
            }
            if (!flags.has("verbose")) {
                context.out().println(canonical(Json.parse(found.bytes()).members()));
                return 0;
            }
            List<ManifestLists.Entry> entries = new ArrayList<>();
            for (Tree manifest : Json.parse(found.bytes()).list("manifests")) {
                ImageName each = name.at(manifest.text("digest"));
                RegistryClient.Document document = registry.manifest(each);
                entries.add(new ManifestLists.Entry(each, manifest.members(), document.bytes()));
            }
            printList(context, flags, entries, found.bytes());
        }
        return 0;
    }

    private static void print(Context context, Flags flags, ManifestLists.Entry entry) {
        context.out()
                .println(
                        flags.has("verbose")
                                ? tabbed(entry.tree())
                                : tabbed(Json.parse(entry.raw()).value()));
    }

    private static void printList(Context context, Flags flags, List<ManifestLists.Entry> entries, byte[] document) {
        context.out()
                .println(
                        flags.has("verbose")
                                ? tabbed(entries.stream()
                                        .map(ManifestLists.Entry::tree)
                                        .toList())
                                : canonical(Json.parse(document).members()));
    }

    private static String tabbed(@Nullable Object tree) {
        return Json.indented(tree, "\t");
    }

    static Command push() {
        return Command.of(
                "push [OPTIONS] MANIFEST_LIST",
                "Push a manifest list to a repository",
                1,
                1,
                List.of(
                        Flag.flag("insecure", "", "Allow push to an insecure registry"),
                        Flag.flag("purge", "p", "Remove the local manifest list after push")),
                (context, flags) -> {
                    ImageName list = ImageName.parse(flags.arguments().getFirst());
                    List<ManifestLists.Entry> entries = lists(context).entries(list);
                    if (entries.isEmpty()) {
                        throw new CliException(list + " not found");
                    }
                    push(context, flags, list, entries);
                    if (flags.has("purge")) {
                        lists(context).remove(list);
                    }
                    return 0;
                });
    }

    private static void push(Context context, Flags flags, ImageName list, List<ManifestLists.Entry> entries) {
        for (ManifestLists.Entry entry : entries) {
            if (!entry.name().domain().equals(list.domain())) {
                throw new CliException("cannot use source images from a different registry than the target image: "
                        + entry.name().domain() + " != " + list.domain());
            }
            if (!(entry.descriptor().get("platform") instanceof Map<?, ?> platform)
                    || String.valueOf(platform.get("architecture")).isEmpty()
                    || String.valueOf(platform.get("os")).isEmpty()) {
                throw new CliException(
                        "manifest " + entry.name() + " must have an OS and Architecture to be pushed to a registry");
            }
        }
        try (RegistryClient registry = client(context, flags, list)) {
            for (ManifestLists.Entry entry : entries) {
                String digest = String.valueOf(entry.descriptor().get("digest"));
                if (!entry.name().path().equals(list.path())) {
                    for (String blob : new LinkedHashSet<>(entry.blobs())) {
                        registry.mount(list, entry.name(), blob);
                    }
                    ImageName target = list.withoutTag().at(digest);
                    registry.put(target, String.valueOf(entry.descriptor().get("mediaType")), entry.raw());
                    context.out().println("Pushed ref " + target + " with digest: " + digest);
                }
            }
            byte[] document = document(entries);
            registry.put(list, mediaType(entries), document);
            context.out().println(RegistryClient.digest(document));
        }
    }

    static Command rm() {
        return Command.of(
                "rm MANIFEST_LIST [MANIFEST_LIST...]",
                "Delete one or more manifest lists from local storage",
                1,
                -1,
                List.of(),
                (context, flags) -> {
                    List<String> failures = new ArrayList<>();
                    for (String name : flags.arguments()) {
                        try {
                            lists(context).remove(ImageName.parse(name));
                        } catch (CliException e) {
                            failures.add(String.valueOf(e.getMessage()));
                        }
                    }
                    if (!failures.isEmpty()) {
                        throw new CliException(String.join("\n", failures));
                    }
                    return 0;
                });
    }

    /** A manifest of the list that is being made, or else of its registry. */
    private static ManifestLists.Entry find(Context context, Flags flags, ImageName list, ImageName name) {
        Optional<ManifestLists.Entry> known = lists(context).entry(list, name);
        if (known.isPresent()) {
            return known.get();
        }
        try (RegistryClient registry = client(context, flags, name)) {
            RegistryClient.Document document = registry.manifest(name);
            if (isList(document)) {
                throw new CliException(name + " is a manifest list");
            }
            return entry(registry, name, document);
        }
    }

    private static ManifestLists.Entry entry(
            RegistryClient registry, ImageName name, RegistryClient.Document document) {
        Map<String, @Nullable Object> descriptor = Json.of(
                "mediaType", document.mediaType(),
                "digest", document.digest(),
                "size", (long) document.bytes().length);
        String config = Json.parse(document.bytes()).text("config", "digest");
        Tree image = Json.parse(registry.blob(name, config));
        Map<String, @Nullable Object> platform =
                Json.of("architecture", image.text("architecture"), "os", image.text("os"));
        for (String more : List.of("os.version", "variant")) {
            if (!image.text(more).isEmpty()) {
                platform.put(more, image.text(more));
            }
        }
        descriptor.put("platform", platform);
        return new ManifestLists.Entry(name, descriptor, document.bytes());
    }

    private static boolean isList(RegistryClient.Document document) {
        return Set.of(DOCKER_LIST, OCI_INDEX).contains(document.mediaType());
    }

    /** An index of OCI where all that it lists are OCI's, else Docker's list. */
    private static String mediaType(List<ManifestLists.Entry> entries) {
        return entries.stream().allMatch(ManifestLists.Entry::isOci) ? OCI_INDEX : DOCKER_LIST;
    }

    private static byte[] document(List<ManifestLists.Entry> entries) {
        Map<String, @Nullable Object> list = Json.of(
                "schemaVersion",
                2L,
                "mediaType",
                mediaType(entries),
                "manifests",
                entries.stream().map(ManifestLists.Entry::descriptor).toList());
        return canonical(list).getBytes(StandardCharsets.UTF_8);
    }

    /** As docker writes lists: three blanks a level, and a descriptor's members in an order of their own. */
    private static String canonical(Map<String, @Nullable Object> list) {
        Map<String, @Nullable Object> ordered = new LinkedHashMap<>(list);
        List<Object> manifests = new ArrayList<>();
        for (Tree manifest : new Tree(list).list("manifests")) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            for (String name : List.of("mediaType", "size", "digest")) {
                members.put(name, manifest.get(name).value());
            }
            manifest.members().forEach(members::putIfAbsent);
            manifests.add(members);
        }
        ordered.put("manifests", manifests);
        return Json.indented(ordered, "   ");
    }

    private static ManifestLists lists(Context context) {
        return new ManifestLists(context.options().configFolder());
    }

    private static RegistryClient client(Context context, Flags flags, ImageName name) {
        return new RegistryClient(
                name.domain(),
                flags.has("insecure"),
                Logins.read(context.options().configFolder()));
    }
}
