/// The leader's work of scraping: when, what is fetched, and what is made of it.
/// - **Lives here:** the schedule, one loop per target, the cache of series, limits and relabelling
///   of samples, and the manager that starts and stops loops with the term.
/// - **May not live here:** state that must survive: that is proposed to the log.
/// - **Threads:** one virtual thread per target, whose cache never leaves it, and one for the
///   manager. Fetching and bytes in flight are bounded.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
/// - **Spec:** scraping of Prometheus 3.14.
@NullMarked
package io.trivigil.scraper.loop;

import org.jspecify.annotations.NullMarked;
