/**
 * What rpm has installed, from its database of whichever kind, without rpm: Berkeley DB's hash ({@code Packages}, to RHEL 8),
 * SQLite ({@code rpmdb.sqlite}, Fedora and RHEL 9) and rpm's own ({@code Packages.db}, SUSE).
 */
@NullMarked
package dev.berth.build.attest.rpm;

import org.jspecify.annotations.NullMarked;
