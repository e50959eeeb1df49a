package io.trivigil.storage;

/// A state that was fixed at one entry and can be made durable beside further entries.
public interface Capture {
  /// The last entry that it contains.
  SnapshotPosition position();

  /// Makes it durable, atomically, as the new recovered state; nothing to do if a later one is. Not
  /// on a virtual thread. Throws [io.trivigil.storage.page.PageStoreException] if the disk fails:
  /// then the state on disk is the one before, and it may be tried again.
  void write();
}
