package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.storage.page.PageBatch;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The machines' state as rows; a snapshot writes those sections that changed. Remembers what is on
/// disk by a digest. Guarded by the lock of whoever writes snapshots.
final class Sections {
  /// The first 16 bytes of a SHA-256: equal for other bytes only by malice, and state is ours.
  private record Digest(long high, long low) {
    static Digest of(byte[] bytes) {
      try {
        ByteBuffer sum = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
        return new Digest(sum.getLong(), sum.getLong());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }

  private record Name(String machine, String section) {}

  private Map<Name, Digest> durable = new HashMap<>();

  /// Reads all sections, and remembers them as durable.
  Map<String, SortedMap<String, byte[]>> load(PageView pages) {
    Map<String, SortedMap<String, byte[]>> all = new TreeMap<>();
    durable.clear();
    pages.scan(
        Table.SECTIONS,
        new byte[0],
        new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF},
        (key, value) -> {
          ByteReader in = new ByteReader(key);
          Name name = new Name(in.string(), in.string());
          all.computeIfAbsent(name.machine(), _ -> new TreeMap<>()).put(name.section(), value);
          durable.put(name, Digest.of(value));
          return true;
        });
    return all;
  }

  /// What is on disk once a batch is.
  static final class Pending {
    private final Map<Name, Digest> digests = new HashMap<>();
    private int written;

    int written() {
      return written;
    }
  }

  /// Puts what changed into the batch.
  Pending write(Map<String, SortedMap<String, byte[]>> sections, PageBatch batch) {
    Pending pending = new Pending();
    sections.forEach(
        (machine, state) ->
            state.forEach(
                (section, bytes) -> {
                  Name name = new Name(machine, section);
                  Digest digest = Digest.of(bytes);
                  pending.digests.put(name, digest);
                  if (!digest.equals(durable.get(name))) {
                    batch.put(Table.SECTIONS, Keys.section(machine, section), bytes);
                    pending.written++;
                  }
                }));
    Set<Name> gone = new HashSet<>(durable.keySet());
    gone.removeAll(pending.digests.keySet());
    for (Name name : gone) {
      batch.delete(Table.SECTIONS, Keys.section(name.machine(), name.section()));
    }
    return pending;
  }

  void committed(Pending pending) {
    durable = pending.digests;
  }
}
