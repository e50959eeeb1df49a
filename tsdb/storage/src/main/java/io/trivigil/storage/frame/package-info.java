/// Columns of up to 128 numbers as bytes: timestamps, and values as IEEE bits, bit-exact. Layout:
/// `docs/frames.md` of this module.
/// - **Lives here:** predictors, bit packing, the choice among them, and what is wrong with a frame
///   where it is broken.
/// - **May not live here:** pages, keys, files, series; what a number means.
/// - **Threads:** encoders and decoders keep scratch memory and belong to one thread each.
/// - **Units:** numbers alone; a timestamp is epoch milliseconds to whoever calls.
@NullMarked
package io.trivigil.storage.frame;

import org.jspecify.annotations.NullMarked;
