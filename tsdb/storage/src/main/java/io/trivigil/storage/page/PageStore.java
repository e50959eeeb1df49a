package io.trivigil.storage.page;

import java.nio.file.Path;
import java.util.function.Consumer;

/// Ordered tables of bytes with atomic batches, explicit durability and consistent views. Keys are
/// ordered as unsigned bytes. Safe to call from any thread.
///
/// There is no log beside it: what was committed but not flushed is lost by a crash, always as a
/// whole suffix of the batches and never a part of one. Methods throw [PageStoreException] where
/// the disk fails.
public interface PageStore extends AutoCloseable {

  /// Begins a batch, which must be closed, committed or not.
  PageBatch begin();

  /// Makes everything that was committed before the call durable, over all tables at once.
  void flush();

  /// A view of everything that was committed before the call; it must be closed.
  PageView view();

  /// Gives the space of a deleted range back where that is quick. Only when the deletion is durable
  /// and no view from before it is open.
  void reclaim(Table table, byte[] from, byte[] to);

  /// Flushes, and brings everything into its final form on disk; may take long. What was deleted
  /// while a view showed it may take space until its range is written anew.
  void compact();

  /// Writes a range anew, without what is deleted and no open view shows; may take long. What is
  /// not flushed stays as it is.
  void rewrite(Table table, byte[] from, byte[] to);

  /// Writes a consistent, durable copy of everything committed as plain files into the empty
  /// directory.
  void writeCheckpoint(Path directory);

  /// Replaces all content by that of a checkpoint, atomically. Views that are open end: their use
  /// throws [PageStoreException].
  void install(Path directory);

  /// Reads every block of every file and compares its checksum. May take long; beside everything
  /// else.
  void check(FileCheck check);

  /// Tells from now on of damage that is met while the store is used.
  void onDamage(Consumer<String> told);

  /// Memory that a store takes, bytes.
  ///
  /// @param cache blocks of files, and room for what is not written yet
  /// @param writeBuffers what is not written yet
  record Memory(long cache, long writeBuffers) {}

  Memory memory();

  /// About how many bytes the table takes.
  long bytes(Table table);

  /// Does not flush.
  @Override
  void close();
}
