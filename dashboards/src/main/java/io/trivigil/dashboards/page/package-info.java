/// What each page shows, as records: the wiring fills them in, the templates read them.
/// - **Lives here:** one record per page, the rows they share, filters and counts over rows.
/// - **May not live here:** HTML, texts (a model names a key, the template finds the words),
///   clocks.
/// - **Threads:** immutable values.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; a length of time is a `Duration`.
@NullMarked
package io.trivigil.dashboards.page;

import org.jspecify.annotations.NullMarked;
