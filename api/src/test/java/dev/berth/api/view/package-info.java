/** Words that the API prints. */
@NullMarked
package dev.berth.api.view;

import org.jspecify.annotations.NullMarked;
