/**
 * HTTP/1.1 on Unix sockets, and on TCP on loopback, as the Docker Engine API needs it: bodies and answers that stream in
 * both directions with back-pressure, and connections that a handler takes over as raw byte streams. Netty moves the
 * bytes on one event loop; each request is handled in blocking style on a virtual thread of its own. Knows nothing of
 * what the requests mean.
 */
@NullMarked
package dev.berth.api.http;

import org.jspecify.annotations.NullMarked;
