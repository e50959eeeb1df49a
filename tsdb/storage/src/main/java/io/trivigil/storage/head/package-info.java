/// The newest samples of every active series, in memory, readable at a fixed entry while the next
/// ones are applied.
/// - **Lives here:** slots, the log of samples, labels as numbers, the view that a query fixes,
///   generations between two snapshots.
/// - **May not live here:** disk, index, anything that decides whether a sample is welcome.
/// - **Threads:** one writer (the thread that applies the log); any number of readers, who look
///   only at what their [io.trivigil.storage.head.HeadView] contains. Pages are given back at the
///   far end when no reader can need them.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; values are raw IEEE bits.
@NullMarked
package io.trivigil.storage.head;

import org.jspecify.annotations.NullMarked;
