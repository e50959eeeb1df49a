/// Ordered keys and values on disk, behind a port so narrow that a map in memory can stand in.
/// - **Lives here:** the port [PageStore], its RocksDB and its in-memory form.
/// - **May not live here:** what keys and values mean. RocksDB is imported in this package alone.
/// - **Threads:** every method may be called from any thread. Writes are atomic and ordered; a JNI
///   call that arrives on a virtual thread is carried over to a small named platform pool.
@NullMarked
package io.trivigil.storage.page;

import org.jspecify.annotations.NullMarked;
