package dev.berth.engine.container;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Volumes as older versions kept them, in the directories {@code volumes/<number>} of their containers: moved to where
 * volumes are now, with names that the container's id gives, so that one that is interrupted goes on. What is mounted
 * meanwhile stays so.
 */
final class OlderVolumes {
    private static final Pattern SOURCE = Pattern.compile(".*/containers/([0-9a-f]{64})/volumes/(\\d{1,9})");

    private final Facilities facilities;
    private final ContainerIndex index;

    OlderVolumes(Facilities facilities, ContainerIndex index) {
        this.facilities = facilities;
        this.index = index;
    }

    /** Moves all that there are. */
    void moveOver() throws IOException {
        for (Container container : index.all()) {
            if (Files.isDirectory(directory(container))) {
                moveOwn(container);
            }
        }
        for (Container container : index.all()) {
            if (container.snapshot().inherited().stream()
                    .anyMatch(volume -> !volume.from().isEmpty())) {
                takeInherited(container);
            }
        }
        for (Container container : index.all()) {
            removeIfEmpty(directory(container));
        }
    }

    private void removeIfEmpty(Path directory) throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            facilities.log().log(
                    Level.WARNING, "there are files in " + directory + " of no volume; they are left alone");
        }
    }

    private static Path directory(Container container) {
        return container.directory().resolve("volumes");
    }

    private void moveOwn(Container container) throws IOException {
        List<VolumeMount> volumes = new ArrayList<>(container.snapshot().volumes());
        int number = 0;
        for (String target : container.config().volumes()) {
            Path files = directory(container).resolve(Integer.toString(number));
            String name = name(container.id(), Integer.toString(number++));
            if (Files.isDirectory(files) || facilities.volumes().has(name)) {
                facilities.volumes().adopt(name, files, container.id());
                VolumeMount mount =
                        new VolumeMount(name, Path.of(target).normalize().toString(), "", false, "", true);
                if (!volumes.contains(mount)) {
                    volumes.add(mount);
                }
            }
        }
        facilities.log().log(Level.INFO, "the volumes of " + container + " are moved to where volumes are now");
        container.takeVolumes(container.snapshot().inherited(), volumes);
    }

    private void takeInherited(Container container) throws IOException {
        List<InheritedVolume> binds = new ArrayList<>();
        List<VolumeMount> volumes = new ArrayList<>(container.snapshot().volumes());
        for (InheritedVolume inherited : container.snapshot().inherited()) {
            Matcher source = SOURCE.matcher(inherited.source());
            if (inherited.from().isEmpty() || !source.matches()) {
                binds.add(inherited);
                continue;
            }
            String name = name(source.group(1), source.group(2));
            facilities.volumes().refer(name, container.id());
            volumes.add(new VolumeMount(name, inherited.target(), "", inherited.readOnly(), "", true));
        }
        container.takeVolumes(binds, volumes);
    }

    private static String name(String container, String number) {
        try {
            byte[] text = (container + "/" + number).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
