/** The client's side of the Engine API: HTTP/1.1 on a Unix socket, one connection a request, taken over for streams. */
@NullMarked
package dev.berth.cli.http;

import org.jspecify.annotations.NullMarked;
