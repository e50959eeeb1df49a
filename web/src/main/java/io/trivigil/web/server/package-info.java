/// The HTTP server: Micronaut on Netty, and what every request passes through.
/// - **Lives here:** the one controller, listeners, TLS, log-in, CORS, limits.
/// - **May not live here:** what any single address means: see [io.trivigil.web.http.Router].
/// - **Threads:** Netty's event loops read requests whole; handlers run on virtual threads.
@NullMarked
package io.trivigil.web.server;

import org.jspecify.annotations.NullMarked;
