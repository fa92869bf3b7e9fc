package dev.berth.engine.volume;

import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;

/** Where a volume's files are. */
public sealed interface VolumeSource {
    /**
     * In a directory of the host's: the volume's own, or the one that it stands for.
     *
     * @param recursive whether what is mounted below comes along
     */
    record Tree(Path directory, boolean readOnly, boolean recursive) implements VolumeSource {}

    /**
     * In a file system of their own, which is there while a container uses it.
     *
     * @param options as mount(8) takes them
     */
    record FileSystem(String type, String device, List<String> options) implements VolumeSource {
        public FileSystem {
            options = List.copyOf(options);
        }

        /**
         * The same with the address of the server that it is on, which the kernel wants instead of a name, as Docker looks
         * it up. May take as long as the name servers do.
         *
         * @throws java.net.UnknownHostException where there is no such name
         */
        public FileSystem located() throws UnknownHostException {
            return ShareAddress.resolve(this);
        }
    }
}
