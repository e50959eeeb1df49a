/// This host as one more scrape target: its processors, memory, disks and network in exposition
/// text.
/// - **Lives here:** the collector behind `/host/metrics`, through OSHI alone.
/// - **May not live here:** anything about Trivigil itself: see `/metrics`.
/// - **Threads:** a private lock lets one collection run at a time; an answer is kept for a second.
/// - **Units:** as in the names: seconds, bytes.
/// - **Spec:** names and labels of node_exporter, where there are such.
@NullMarked
package io.trivigil.web.host;

import org.jspecify.annotations.NullMarked;
