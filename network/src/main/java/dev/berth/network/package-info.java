/**
 * Networks: addresses and who has which, names, ports and what carries packets between them. Knows no containers, only
 * endpoints attached to a network namespace; keeps nothing on disk. What is to survive a restart is given to it anew.
 */
@NullMarked
package dev.berth.network;

import org.jspecify.annotations.NullMarked;
