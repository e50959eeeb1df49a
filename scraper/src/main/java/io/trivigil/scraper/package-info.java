/// `prometheus.yml`, service discovery, relabelling, scrape loops and exposition parsers.
/// - **Lives here:** nothing but the packages below: `config` (the file), `relabel`, `discovery`,
///   `exposition` (the formats), `state` (what is replicated), `loop` (the leader's work).
/// - **May not live here:** storage (samples go through a port), HTTP routes, consensus.
/// - **Threads:** see each package.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; every length of time is a `Duration`.
@NullMarked
package io.trivigil.scraper;

import org.jspecify.annotations.NullMarked;
