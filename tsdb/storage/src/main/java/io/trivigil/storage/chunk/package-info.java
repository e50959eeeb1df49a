/// Samples of one series as bytes: the chunk, its bits, and what is wrong with it where it is
/// broken. Layout: `docs/chunks.md` of this module.
/// - **Lives here:** encoding and decoding of one chunk, bit-exact.
/// - **May not live here:** keys, files, RocksDB; which chunk belongs where.
/// - **Threads:** stateless functions; writers and readers of bits belong to one thread.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; values travel as raw IEEE bits.
@NullMarked
package io.trivigil.storage.chunk;

import org.jspecify.annotations.NullMarked;
