/// What the API shows of scraping.
/// - **Lives here:** immutable views, made on any node from the replicated state and configuration.
/// - **May not live here:** JSON and HTTP.
/// - **Threads:** everything may be called from any thread.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.scraper.view;

import org.jspecify.annotations.NullMarked;
