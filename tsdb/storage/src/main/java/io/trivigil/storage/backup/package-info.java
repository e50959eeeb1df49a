/// Backups: files that are named by their content, and a manifest that names them all.
/// - **Lives here:** the manifest, writing a backup directory, verifying it, laying a store out of
///   it.
/// - **May not live here:** what the files contain; a backup is bytes with names and sums.
/// - **Threads:** everything blocks and belongs to the calling thread, but [Throttle].
/// - **Units:** bytes, and bytes per second.
@NullMarked
package io.trivigil.storage.backup;

import org.jspecify.annotations.NullMarked;
