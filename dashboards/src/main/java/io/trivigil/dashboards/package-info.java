/// Shows what the cluster knows: Handlebars pages, their texts in two languages, the browser's
/// assets.
/// - **Lives here:** page templates and their models ([io.trivigil.dashboards.page]), texts,
///   formatting for human eyes, the bundle that `frontend/` builds.
/// - **May not live here:** HTTP (`web` routes and sends), queries against the store, any decision.
/// - **Threads:** everything is immutable after construction and may be shared.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; a length of time is a `Duration`.
/// - **Later:** pictures (JFreeChart), pairs and mail layouts join as packages beside `page`.
@NullMarked
package io.trivigil.dashboards;

import org.jspecify.annotations.NullMarked;
