/// The entrance: prepares queries and runs them within limits.
/// - **Lives here:** [Engine], its options, prepared queries.
/// - **May not live here:** evaluation itself, HTTP.
/// - **Threads:** an engine is safe for all threads; a query may be run many times, also at once.
/// - **Units:** `…Ms` is epoch milliseconds.
@NullMarked
package io.trivigil.promql.engine;

import org.jspecify.annotations.NullMarked;
