/** Disk quotas (quotactl(2)), of projects alone: what a tree of files may take, whoever owns them. */
@NullMarked
package dev.berth.linux.quota;

import org.jspecify.annotations.NullMarked;
