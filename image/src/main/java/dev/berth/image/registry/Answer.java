package dev.berth.image.registry;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.OptionalLong;

/** A registry's answer to one request; its body is read once. Closing it ends the transfer. */
record Answer(URI uri, HttpResponse<InputStream> response) implements AutoCloseable {
    int status() {
        return response.statusCode();
    }

    Optional<String> header(String name) {
        return response.headers().firstValue(name);
    }

    /** The length of the body in bytes, if it is announced. */
    OptionalLong length() {
        return response.headers().firstValueAsLong("Content-Length");
    }

    /** The media type without its parameters; empty where there is none. */
    String mediaType() {
        String type = header("Content-Type").orElse("");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
    }

    InputStream body() {
        return response.body();
    }

    /**
     * The whole body.
     *
     * @param what it is, for the error message
     * @throws ImageException TOO_LARGE if it is longer than the limit
     */
    byte[] read(int limitBytes, String what) throws IOException {
        byte[] bytes = body().readNBytes(limitBytes + 1);
        if (bytes.length > limitBytes) {
            throw ImageException.tooLarge(
                    what + " from " + uri.getHost() + " is longer than the " + limitBytes + " bytes allowed");
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        body().close();
    }
}
