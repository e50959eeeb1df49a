/// Prometheus's HTTP API: queries, metadata, targets, rules, status, writing and administration.
/// - **Lives here:** one class for each group of addresses, and the envelope around their answers.
/// - **May not live here:** Micronaut, evaluation, and any decision about samples or rules.
/// - **Threads:** handlers run on virtual threads; queries on a small pool of platform threads.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
/// - **Spec:** Prometheus HTTP API v1 as of 3.x; DESIGN section 7 for what is ours.
@NullMarked
package io.trivigil.web.prometheus;

import org.jspecify.annotations.NullMarked;
