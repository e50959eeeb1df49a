/// The heap of a node stays as small as what lives in it.
/// - **Lives here:** when all of it is collected, and who asks the JVM for that.
/// - **May not live here:** flags of the JVM (the launcher has them), and what stands beside the
///   heap.
/// - **Threads:** one platform thread, from the start until the node stops.
/// - **Units:** a `long …Nanos` is elapsed time of the ticker, `…Bytes` are bytes.
@NullMarked
package io.trivigil.web.heap;

import org.jspecify.annotations.NullMarked;
