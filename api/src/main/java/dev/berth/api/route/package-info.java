/** Which request is answered by what: the router, and the endpoints of the Docker Engine API, one class an area. */
@NullMarked
package dev.berth.api.route;

import org.jspecify.annotations.NullMarked;
