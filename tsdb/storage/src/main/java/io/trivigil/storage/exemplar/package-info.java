/// The newest exemplars of all series.
/// - **Lives here:** the bounded ring of exemplars, its rules of order and its bytes in a snapshot.
/// - **May not live here:** samples, and who sends exemplars.
/// - **Threads:** one applies; any reads.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.storage.exemplar;

import org.jspecify.annotations.NullMarked;
