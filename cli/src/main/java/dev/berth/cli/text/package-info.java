/** What is shown to people: tables, templates, durations and sizes, progress bars. */
@NullMarked
package dev.berth.cli.text;

import org.jspecify.annotations.NullMarked;
