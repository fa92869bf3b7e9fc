/** Waiting for many descriptors on one thread (epoll(7)), and the pipes and terminals that are waited for. */
@NullMarked
package dev.berth.linux.event;

import org.jspecify.annotations.NullMarked;
