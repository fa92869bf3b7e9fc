/**
 * Output on its way to somebody who may be slow: {@link dev.berth.engine.stream.OutputSink} takes it and says when to wait,
 * {@link dev.berth.engine.stream.Attachment} is how the taker says when to go on. Nothing is buffered without a bound.
 */
@NullMarked
package dev.berth.engine.stream;

import org.jspecify.annotations.NullMarked;
