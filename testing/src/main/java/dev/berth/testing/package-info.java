/**
 * What the tests of every module share: saying which needs a test has of its host ({@link dev.berth.testing.Needs}),
 * and checking that a test class leaves nothing behind on it ({@link dev.berth.testing.LeavesNothingBehind}).
 */
@NullMarked
package dev.berth.testing;

import org.jspecify.annotations.NullMarked;
