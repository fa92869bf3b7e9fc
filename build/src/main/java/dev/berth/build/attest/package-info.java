/** What is attested of an image: how it was made (SLSA provenance), and what software is in it (SPDX). */
@NullMarked
package dev.berth.build.attest;

import org.jspecify.annotations.NullMarked;
