package dev.berth.build;

/** What a build takes from where its Dockerfile has a name: of a base, of a stage, or one that only COPY and mounts take from. */
public sealed interface NamedContext {
    /** An image, by its reference; {@code scratch} is nothing. */
    record OfImage(String reference) implements NamedContext {}

    /** A repository, or a file, which is called {@code context}. */
    record OfAddress(String address) implements NamedContext {}

    /** An image of a layout. */
    record OfLayout(ImageLayout.Source source) implements NamedContext {}

    /** Files, but for what an ignore file among them leaves out. */
    record OfFiles(ContextSource source) implements NamedContext {}
}
