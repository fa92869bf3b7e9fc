@NullMarked
package dev.berth.build.inquiry;

import org.jspecify.annotations.NullMarked;
