package dev.berth.network.proxy;

import dev.berth.linux.event.EventLoop;
import dev.berth.linux.socket.InetSocket;
import java.util.Optional;

/**
 * What a loop waits for at one socket, on the loop's thread. A socket of which nothing is wanted is not watched at all: the
 * kernel would tell of its end over and over.
 */
final class Watch {
    private final EventLoop loop;
    private final InetSocket socket;
    private final EventLoop.Handler handler;
    private Optional<EventLoop.Registration> registration = Optional.empty();
    private int interest;

    Watch(EventLoop loop, InetSocket socket, EventLoop.Handler handler) {
        this.loop = loop;
        this.socket = socket;
        this.handler = handler;
    }

    void want(boolean readable, boolean writable) {
        int wanted = (readable ? EventLoop.READABLE : 0) | (writable ? EventLoop.WRITABLE : 0);
        if (wanted == interest) {
            return;
        }
        interest = wanted;
        if (wanted == 0) {
            registration.ifPresent(EventLoop.Registration::cancel);
            registration = Optional.empty();
        } else if (registration.isPresent()) {
            registration.get().interest(wanted);
        } else {
            registration = Optional.of(loop.register(socket.fd(), wanted, handler));
        }
    }
}
