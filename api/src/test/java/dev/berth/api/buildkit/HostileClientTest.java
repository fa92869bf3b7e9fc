package dev.berth.api.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.api.grpc.GrpcClient;
import dev.berth.api.grpc.GrpcException;
import dev.berth.api.grpc.GrpcServer;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that mean ill: messages and files that are none are refused, and nothing is left of them. */
@Needs(Need.ROOT)
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileClientTest extends WithPeer {
    @Test
    void whatIsNoMessageIsRefusedAndTheConnectionGoesOn() throws Exception {
        GrpcClient control = peer.control();
        assertThat(failure(control, SOLVE, new byte[] {(byte) 0xff, (byte) 0xff, 1})
                        .code())
                .isEqualTo(GrpcException.Code.INVALID_ARGUMENT);
        assertThat(failure(control, SOLVE, new byte[] {10, 127}).code()).isEqualTo(GrpcException.Code.INVALID_ARGUMENT);
        assertThat(failure(control, SOLVE, new byte[] {8, 1}).code()).isEqualTo(GrpcException.Code.INVALID_ARGUMENT);
        assertThat(control.call("moby.buildkit.v1.Control/Info", new byte[0])).isNotEmpty();
    }

    @Test
    void filesThatAreNoneAreRefusedAndNothingIsLeft() throws Exception {
        record Hostile(String expected, GrpcServer.Method files) {}
        List<Hostile> clients = List.of(
                new Hostile("leads out of it: ../out", call -> call.send(Peer.stat("../out", 0644, 1))),
                new Hostile("leads out of it: a/../../out", call -> call.send(Peer.stat("a/../../out", 0644, 1))),
                new Hostile("below what is no directory", call -> {
                    call.send(Peer.stat("f", 0644, 0));
                    call.send(Peer.stat("f/g", 0644, 0));
                }),
                new Hostile(
                        "hard link to what is not in it",
                        call -> call.send(new MessageWriter()
                                .message(
                                        2,
                                        new MessageWriter()
                                                .text(1, "h")
                                                .number(2, 0644)
                                                .text(7, "/etc/passwd"))
                                .toBytes())),
                new Hostile("is larger than", call -> call.send(Peer.stat("a", 0644, Long.MAX_VALUE))),
                new Hostile("is larger than", call -> call.send(Peer.stat("a", 0644, -1))),
                new Hostile("a path that no file can have", call -> call.send(Peer.stat("a\0b", 0644, 1))),
                new Hostile("no well-formed message", call -> call.send(new byte[] {(byte) 0xff})),
                new Hostile("of a type that there is not: 9", call -> call.send(new byte[] {8, 9})),
                new Hostile("something else than files", call -> call.send(Peer.data(0, "x"))),
                new Hostile("a file that it was not asked for: 7", call -> {
                    call.send(Peer.stat("Dockerfile", 0644, 1));
                    call.send(new byte[0]);
                    call.send(Peer.data(7, "x"));
                }),
                new Hostile("has changed while it was sent", call -> {
                    call.send(Peer.stat("Dockerfile", 0644, 1));
                    call.send(new byte[0]);
                    call.send(Peer.data(0, "more than that"));
                }),
                new Hostile("has changed while it was sent", call -> {
                    call.send(Peer.stat("Dockerfile", 0644, 9));
                    call.send(new byte[0]);
                    call.send(Peer.data(0, "less"));
                    call.send(Peer.data(0, ""));
                }),
                new Hostile(
                        "could not send its files: no such folder",
                        call -> call.send(new MessageWriter()
                                .number(1, 4)
                                .text(4, "no such folder")
                                .toBytes())),
                new Hostile("a message of", call -> call.send(new byte[17 << 20])),
                new Hostile("no access", _ -> {
                    throw new GrpcException(GrpcException.Code.NOT_FOUND, "no access");
                }),
                new Hostile("too early", _ -> {}));
        GrpcClient control = peer.control();
        for (Hostile client : clients) {
            Channel connection = peer.session(session, Map.of(FILES, call -> {
                client.files().serve(call);
                if (!client.expected().equals("too early")) {
                    call.receive();
                }
            }));
            assertThat(failure(control, SOLVE, request(_ -> {})).getMessage())
                    .as(client.expected())
                    .contains(client.expected());
            connection.close().sync();
            session = UUID.randomUUID().toString();
            ref = UUID.randomUUID().toString();
        }
        assertThat(engine.images().store().list()).isEmpty();
    }
}
