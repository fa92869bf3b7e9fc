package dev.berth.build.output;

/**
 * What is wanted of a build beside what it is made of.
 *
 * @param keep whether the image is shown among all images and gets its names; else it is there for who knows its ID, as long
 *     as the cache has it
 */
public record ResultOptions(boolean keep) {
    /** An image that is kept, as Docker's classic builder makes it. */
    public static final ResultOptions DEFAULT = new ResultOptions(true);
}
