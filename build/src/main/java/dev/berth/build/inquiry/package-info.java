/** What can be asked about a Dockerfile without building it, and the answers in the forms that BuildKit's clients print. */
@NullMarked
package dev.berth.build.inquiry;

import org.jspecify.annotations.NullMarked;
