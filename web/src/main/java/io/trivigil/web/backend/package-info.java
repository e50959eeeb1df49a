/// What HTTP asks of a node.
/// - **Lives here:** the port [io.trivigil.web.backend.Backend] and the values that cross it.
/// - **May not live here:** HTTP, and any implementation.
/// - **Threads:** every method may be called from any thread.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.web.backend;

import org.jspecify.annotations.NullMarked;
