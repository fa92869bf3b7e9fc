@NullMarked
package dev.berth.api.grpc;

import org.jspecify.annotations.NullMarked;
