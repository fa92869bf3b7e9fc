package dev.berth.image.catalog;

import dev.berth.image.ImageUser;
import dev.berth.image.Removed;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.registry.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules of {@code docker rmi}: a name is taken away as long as the image has others; with its last name goes the
 * image, unless a container is in the way.
 */
public final class Removal {
    private static final int SHORT_ID = 12;

    private final ImageStore store;
    private final ImageNames names;
    private final ImageRecord image;
    private final Users lookup;
    private final List<ImageUser> users;
    private final List<Removed> removed = new ArrayList<>();

    /** Who knows the containers of an image. */
    @FunctionalInterface
    public interface Users {
        List<ImageUser> of(Digest image) throws IOException;
    }

    public Removal(ImageStore store, ImageRecord image, Users users) throws IOException {
        this.store = store;
        this.names = new ImageNames(store.catalog());
        this.image = image;
        this.lookup = users;
        this.users = users.of(image.id());
    }

    /**
     * Removes what the words mean.
     *
     * @return what was removed, in order
     * @throws ImageException CONFLICT, in Docker's words
     */
    public List<Removed> run(String nameOrId, boolean force) throws IOException {
        if (ImageNames.isIdOf(nameOrId, image)) {
            byId(force);
        } else {
            byName(Reference.parse(nameOrId), force);
        }
        return removed;
    }

    private void byName(Reference given, boolean force) throws IOException {
        Reference reference =
                given.digest().isPresent() ? given.withDigest(given.digest().get()) : given.withDefaultTag();
        Optional<ImageUser> user = users.stream().findFirst();
        if (!force && isSingle(names.of(image.id())) && user.isPresent()) {
            throw conflict("unable to remove repository reference \"" + given.familiar()
                    + "\" (must force) - container " + shortId(user.get())
                    + " is using its referenced image " + shortId());
        }
        if (users.isEmpty() && isLast(reference)) {
            store.catalog().beginRemoval(image.id());
        }
        untag(reference);
        List<Reference> left = names.of(image.id());
        boolean tagLeft = left.stream()
                .anyMatch(name -> name.repository().equals(reference.repository())
                        && name.tag().isPresent());
        if (reference.tag().isPresent() && !tagLeft) {
            for (Reference name : left) {
                if (name.repository().equals(reference.repository())) {
                    untag(name);
                }
            }
        }
        if (names.of(image.id()).isEmpty() && users.isEmpty()) {
            delete();
        }
    }

    /** Whether the image has no name left without this one and those that go with it. */
    private boolean isLast(Reference reference) throws IOException {
        List<Reference> others = new ArrayList<>(names.of(image.id()));
        others.remove(reference);
        return others.stream()
                .allMatch(name -> name.repository().equals(reference.repository())
                        && name.tag().isEmpty()
                        && reference.tag().isPresent());
    }

    private void byId(boolean force) throws IOException {
        List<Reference> all = names.of(image.id());
        Optional<ImageUser> running = users.stream().filter(ImageUser::running).findFirst();
        if (running.isPresent()) {
            throw conflict("unable to delete " + shortId()
                    + " (cannot be forced) - image is being used by running container " + shortId(running.get()));
        }
        if (!force && !isSingle(all)) {
            throw conflict("unable to delete " + shortId()
                    + " (must be forced) - image is referenced in multiple repositories");
        }
        if (!force && !users.isEmpty()) {
            throw conflict("unable to delete " + shortId()
                    + " (must be forced) - image is being used by stopped container " + shortId(users.getFirst()));
        }
        store.catalog().beginRemoval(image.id());
        for (Reference name : all) {
            untag(name);
        }
        for (NameRecord entry : store.catalog().asVariant(image.id())) {
            store.name(entry.without(image.id()));
        }
        delete();
    }

    private void untag(Reference name) throws IOException {
        List<Digest> variants =
                store.catalog().entry(name.toString()).map(NameRecord::variants).orElse(List.of());
        store.removeName(name.toString());
        removed.add(new Removed.Untagged(name.familiar(), image.id()));
        for (Digest variant : variants) {
            deleteUnlessNeeded(variant);
        }
    }

    /** What other platforms' images came for is gone with the name. */
    private void deleteUnlessNeeded(Digest variant) throws IOException {
        Optional<ImageRecord> record = store.catalog().image(variant);
        boolean named = !store.catalog().names(variant).isEmpty()
                || !store.catalog().asVariant(variant).isEmpty();
        if (record.isPresent() && !named && lookup.of(variant).isEmpty()) {
            List<Removed.DeletedLayer> layers = store.remove(record.get());
            removed.add(new Removed.Deleted(variant));
            removed.addAll(layers);
        }
    }

    private void delete() throws IOException {
        List<Removed.DeletedLayer> layers = store.remove(image);
        removed.add(new Removed.Deleted(image.id()));
        removed.addAll(layers);
    }

    /** Whether the image has at most one tag, and all names are of one repository. */
    private static boolean isSingle(List<Reference> names) {
        long repositories = names.stream().map(Reference::repository).distinct().count();
        long tags = names.stream().filter(name -> name.tag().isPresent()).count();
        return repositories <= 1 && tags <= 1;
    }

    private static ImageException conflict(String why) {
        return new ImageException(ImageException.Kind.CONFLICT, "conflict: " + why);
    }

    private String shortId() {
        return image.id().hex().substring(0, SHORT_ID);
    }

    private static String shortId(ImageUser user) {
        return user.containerId()
                .substring(0, Math.min(SHORT_ID, user.containerId().length()));
    }
}
