package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.head.Tombstones;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is deleted, and when its space was last asked back: the store's own part of the replicated
/// state. Immutable.
///
/// Two sections, each there only if it says something: `tombstones` as [Tombstones] says, and
/// `cleaning`: u8 version = 1, varint index of the entry that asked.
///
/// @param tombstones what queries do not see
/// @param cleanIndex the entry that last asked for the space of what is deleted, 0 if none did
record Deletions(Tombstones tombstones, long cleanIndex) {
  static final Deletions NONE = new Deletions(Tombstones.NONE, 0);

  /// Whose sections these are.
  static final String OWNER = "storage";

  private static final String TOMBSTONES = "tombstones";
  private static final String CLEANING = "cleaning";
  private static final int VERSION = 1;

  /// Reads what [#with] added.
  ///
  /// @throws MalformedBytesException if the bytes are no such thing
  static Deletions of(Map<String, SortedMap<String, byte[]>> sections) {
    SortedMap<String, byte[]> own = sections.getOrDefault(OWNER, new TreeMap<>());
    byte[] tombstones = own.get(TOMBSTONES);
    byte[] cleaning = own.get(CLEANING);
    return new Deletions(
        tombstones == null ? Tombstones.NONE : Tombstones.decode(tombstones),
        cleaning == null ? 0 : cleanIndex(cleaning));
  }

  private static long cleanIndex(byte[] row) {
    ByteReader in = new ByteReader(row);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "cleaning: expected version=%d found=%d".formatted(VERSION, version));
    }
    long index = in.varint();
    in.expectEnd();
    return index;
  }

  /// These sections and the store's own.
  Map<String, SortedMap<String, byte[]>> with(Map<String, SortedMap<String, byte[]>> sections) {
    Map<String, SortedMap<String, byte[]>> all = new TreeMap<>(sections);
    SortedMap<String, byte[]> own = new TreeMap<>();
    if (!tombstones.isEmpty()) {
      own.put(TOMBSTONES, tombstones.encode());
    }
    if (cleanIndex > 0) {
      own.put(CLEANING, new ByteWriter(10).u8(VERSION).varint(cleanIndex).toBytes());
    }
    if (!own.isEmpty()) {
      all.put(OWNER, own);
    }
    return all;
  }
}
