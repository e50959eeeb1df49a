package io.trivigil.storage.page;

/// Changes that become visible together or not at all. Owned by one thread.
public interface PageBatch extends AutoCloseable {
  void put(Table table, byte[] key, byte[] value);

  void delete(Table table, byte[] key);

  /// Deletes every key with `from <= key < to`.
  void deleteRange(Table table, byte[] from, byte[] to);

  /// Applies the changes in their order, and forgets them: nothing is added afterwards. Not durable
  /// before [PageStore#flush].
  void commit();

  @Override
  void close();
}
