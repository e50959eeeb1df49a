/// The replicated state of scraping: what each target's last scrape was, which targets discovery
/// found, and the commands that change both.
/// - **Lives here:** the deterministic machine, its commands, answers and their bytes.
/// - **May not live here:** clocks, fetching, relabelling: the leader decides, and commands carry
///   what it decided.
/// - **Threads:** one thread applies; everything that is read is immutable and may be read from any
///   thread meanwhile.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.scraper.state;

import org.jspecify.annotations.NullMarked;
