/**
 * What the command line does with registries itself: who the user is to them ({@code login}), and lists of manifests,
 * which no engine takes part in ({@code manifest}).
 */
@NullMarked
package dev.berth.cli.registry;

import org.jspecify.annotations.NullMarked;
