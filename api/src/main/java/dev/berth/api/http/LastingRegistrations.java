package dev.berth.api.http;

import io.netty.channel.Channel;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Netty's epoll, but that a connection which waits for nothing just now stays registered. Netty (4.2.13 to 4.2.18 at
 * least) takes it out of the kernel's set then and does not put it back: once a client had closed its side, the first
 * write that had to wait broke the connection off, and what was not sent yet was lost. And a connection can be left
 * alone for a while, for somebody else to read from it.
 */
final class LastingRegistrations {
    /** Errors are told in any case; by edge, so that a hang-up that nobody handles is told once. */
    private static final EpollIoOps NEXT_TO_NOTHING = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);

    private final Map<IoHandle, Lasting> registrations = new ConcurrentHashMap<>();

    IoHandlerFactory factory() {
        IoHandlerFactory factory = EpollIoHandler.newFactory();
        return executor -> new Handler(factory.newHandler(executor));
    }

    /** The channel's event loop: has it not be told of what comes to the channel, nor of its client's closing its side. */
    void deafen(Channel channel) {
        of(channel).ifPresent(registration -> registration.listen(false));
    }

    /** The channel's event loop: ends what {@link #deafen} began. */
    void listen(Channel channel) {
        of(channel).ifPresent(registration -> registration.listen(true));
    }

    private Optional<Lasting> of(Channel channel) {
        return channel.unsafe() instanceof IoHandle handle
                ? Optional.ofNullable(registrations.get(handle))
                : Optional.empty();
    }

    private final class Handler implements IoHandler {
        private final IoHandler epoll;

        Handler(IoHandler epoll) {
            this.epoll = epoll;
        }

        @Override
        public void initialize() {
            epoll.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            return epoll.run(context);
        }

        @Override
        public void prepareToDestroy() {
            epoll.prepareToDestroy();
        }

        @Override
        public void destroy() {
            epoll.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            Lasting registration = new Lasting(handle, epoll.register(handle));
            registrations.put(handle, registration);
            return registration;
        }

        @Override
        public void wakeup() {
            epoll.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return epoll.isCompatible(type);
        }
    }

    /** The event loop's, all of it. */
    private final class Lasting implements IoRegistration {
        private final IoHandle handle;
        private final IoRegistration registration;
        private EpollIoOps wanted = EpollIoOps.NONE;
        private boolean listens = true;

        Lasting(IoHandle handle, IoRegistration registration) {
            this.handle = handle;
            this.registration = registration;
        }

        void listen(boolean yes) {
            listens = yes;
            if (isValid()) {
                submit(wanted);
            }
        }

        @Override
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            if (!(ops instanceof EpollIoOps epoll)) {
                return registration.submit(ops);
            }
            wanted = epoll;
            EpollIoOps now = listens ? epoll : epoll.without(EpollIoOps.EPOLLIN).without(EpollIoOps.EPOLLRDHUP);
            return registration.submit(now.value() == 0 ? NEXT_TO_NOTHING : now);
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            registrations.remove(handle);
            return registration.cancel();
        }
    }
}
