/// Remote write 1.0: bodies of other Prometheus servers and agents, turned into sample batches.
/// - **Lives here:** snappy, the protobuf of a write request read by hand, the table of known
///   series.
/// - **May not live here:** the store, and HTTP beyond the media types of the protocol.
/// - **Threads:** a parser belongs to one request; the cache is shared.
/// - **Units:** timestamps are epoch milliseconds UTC.
/// - **Spec:** Prometheus remote write 1.0.
@NullMarked
package io.trivigil.web.remote;

import org.jspecify.annotations.NullMarked;
