/// Which series are in which partition, and which of them pass a query's matchers.
/// - **Lives here:** the members of each partition, their overlay in memory, the Lucene index that
///   is derived from them, matchers as Lucene queries.
/// - **May not live here:** samples, durability of members (they are rows of the page store; the
///   index can be lost at any moment). Lucene is imported in this package alone.
/// - **Threads:** one thread adds members; any number search; flushing and closing are serialised.
@NullMarked
package io.trivigil.storage.index;

import org.jspecify.annotations.NullMarked;
