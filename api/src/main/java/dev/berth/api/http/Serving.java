package dev.berth.api.http;

import java.io.IOException;

/** One request in the hands of its handler: all that is done on the handler's thread. */
final class Serving implements Runnable {
    private final HttpServer server;
    private final Connection connection;
    private final Exchange exchange;

    Serving(HttpServer server, Connection connection, Exchange exchange) {
        this.server = server;
        this.connection = connection;
        this.exchange = exchange;
    }

    @Override
    public void run() {
        boolean failed = false;
        try {
            server.handler().handle(exchange);
        } catch (IOException | RuntimeException | Error e) {
            failed = true;
        }
        if (exchange.isTakenOver()) {
            connection.takeOverEnded();
            return;
        }
        boolean whole = !failed && exchange.isComplete();
        if (!exchange.isAnswered()) {
            whole = answerFailure();
        }
        if (whole && !exchange.keepsAlive() && !exchange.content().isEnded()) {
            connection.endOutput();
        }
        connection.handlerEnded(whole && skipRest() && exchange.keepsAlive(), !whole);
    }

    private boolean answerFailure() {
        try {
            exchange.answer(Status.INTERNAL_SERVER_ERROR, "text/plain", Ascii.bytes("the request was not answered\n"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the connection can go on after what the handler left of a body; the event loop sees to its own. */
    private boolean skipRest() {
        return !(exchange.content() instanceof DirectBody body)
                || body.isEnded()
                || body.skip(server.limits().discarding());
    }
}
