package dev.berth.engine.container;

import io.avaje.jsonb.Json;

/**
 * A bind that a container has from another ({@code --volumes-from}).
 *
 * @param from empty; the id of the container whose directory the source was in, before there were volumes
 * @param source on the host
 * @param target inside
 */
@Json
record InheritedVolume(String from, String source, String target, boolean readOnly, String propagation) {}
