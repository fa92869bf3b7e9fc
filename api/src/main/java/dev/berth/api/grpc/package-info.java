/** gRPC over connections that were handed over: HTTP/2 is Netty's, the rest is small enough to be ours. */
@NullMarked
package dev.berth.api.grpc;

import org.jspecify.annotations.NullMarked;
