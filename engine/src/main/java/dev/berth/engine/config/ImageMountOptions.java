package dev.berth.engine.config;

import io.avaje.jsonb.Json;

/** How an image is mounted (Docker's {@code ImageOptions} of a mount); named so that it can be refused. */
@Json
public record ImageMountOptions(@Json.Property("Subpath") String subpath) {
    public ImageMountOptions {
        subpath = Absent.text(subpath);
    }
}
