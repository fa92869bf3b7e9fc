/**
 * User namespaces (user_namespaces(7)): what an ordinary user may be root in. Which one this process is in decides which
 * owners files can have, which kernel objects it may change, and in which words overlayfs keeps its notes.
 */
@NullMarked
package dev.berth.linux.namespace;

import org.jspecify.annotations.NullMarked;
