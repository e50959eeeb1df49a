/// The formats that targets answer in: text 0.0.4 and 1.0.0, OpenMetrics 0.0.1 and 1.0.0.
/// - **Lives here:** parsers from bytes to raw series, values and metadata; which format an answer
///   is in.
/// - **May not live here:** relabelling, limits, HTTP. Protobuf is not read yet.
/// - **Threads:** a parse belongs to one thread; nothing is shared.
/// - **Units:** timestamps are epoch milliseconds, whatever the format counts in.
/// - **Spec:** the exposition formats of Prometheus, OpenMetrics 1.0.
@NullMarked
package io.trivigil.scraper.exposition;

import org.jspecify.annotations.NullMarked;
