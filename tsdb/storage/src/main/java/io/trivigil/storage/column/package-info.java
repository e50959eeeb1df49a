/// Pages: the samples of up to 256 neighbouring series in one run of bytes. Layout: `docs/pages.md`
/// of this module.
/// - **Lives here:** the directory of a page, timestamp columns that series share, frames by
///   series, and what is wrong with a page where it is broken.
/// - **May not live here:** keys, files, RocksDB; which page belongs where.
/// - **Threads:** a [io.trivigil.storage.column.Page] is immutable; writers and readers belong to
///   one thread each.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; values travel as raw IEEE bits.
@NullMarked
package io.trivigil.storage.column;

import org.jspecify.annotations.NullMarked;
