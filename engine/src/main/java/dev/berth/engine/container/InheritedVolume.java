package dev.berth.engine.container;

import io.avaje.jsonb.Json;

/**
 * A mount that a container has from another ({@code --volumes-from}).
 *
 * @param from the id of the container whose directory the source is in; empty where it is the user's own path
 * @param source on the host
 * @param target inside
 */
@Json
record InheritedVolume(String from, String source, String target, boolean readOnly, String propagation) {}
