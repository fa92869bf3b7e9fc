package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What goes to and fro while files are told of and sent (fsutil). A stat without a file ends the list, data without bytes a
 * file.
 */
sealed interface Packet {
    /** A file; each has a number, from 0 in the order that they come in. */
    record Stat(Optional<FileStat> file) implements Packet {}

    /** A file's data is wanted. */
    record Request(int file) implements Packet {}

    record Data(int file, byte[] bytes) implements Packet {}

    /** Nothing more is wanted; or, in answer to that, nothing more will come. */
    record Fin() implements Packet {}

    record Failure(String message) implements Packet {}

    static Packet read(byte[] message) throws GrpcException {
        MessageReader in = new MessageReader("what the client sends of its files", message);
        long type = 0;
        Optional<FileStat> file = Optional.empty();
        int id = 0;
        byte[] data = {};
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> type = in.number();
                case 2 -> file = Optional.of(FileStat.read(in.message()));
                case 3 -> id = (int) in.number();
                case 4 -> data = in.bytes();
                default -> {}
            }
        }
        return switch ((int) type) {
            case 0 -> new Stat(file);
            case 1 -> new Request(id);
            case 2 -> new Data(id, data);
            case 3 -> new Fin();
            case 4 -> new Failure(new String(data, StandardCharsets.UTF_8));
            default ->
                throw new GrpcException(
                        GrpcException.Code.INVALID_ARGUMENT,
                        "the client sends a packet of a type that there is not: " + type);
        };
    }

    /** Of our own: asks for a folder. */
    static byte[] open(String folder) {
        return new MessageWriter().number(1, 16).text(4, folder).toBytes();
    }

    static byte[] request(int file) {
        return new MessageWriter().number(1, 1).number(3, file).toBytes();
    }

    static byte[] stat(FileStat file) {
        return new MessageWriter().message(2, file.message()).toBytes();
    }

    static byte[] endOfStats() {
        return new byte[0];
    }

    static byte[] data(int file, byte[] bytes) {
        return new MessageWriter().number(1, 2).number(3, file).bytes(4, bytes).toBytes();
    }

    static byte[] fin() {
        return new MessageWriter().number(1, 3).toBytes();
    }
}
