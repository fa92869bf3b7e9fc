/**
 * Docker's networks over the module {@code network}: which there are, who is on them, and what is kept of that on disk. A
 * container's side of it is a {@link dev.berth.network.host.NetworkSandbox}.
 */
package dev.berth.engine.network;
