package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;

/// Values of the smaller tables. Each begins with a version byte; layouts as in
/// [io.trivigil.model.codec.ByteWriter]:
/// - `CATALOGUE`: u8 version = 1, labels, as older versions wrote them; now [CatalogueBlock]
/// - `LASTS`: u8 version = 1, varint count, count × (varint reference − the one before, zigzag
///   timestamp − the one before, varint reverse(bits)); the references of one page of 1,024
/// - `MEMBERS`: u8 version = 1, varint count, count × zigzag reference − the one before
final class Rows {
  private static final int VERSION = 1;

  private Rows() {}

  static Labels labels(byte[] row) {
    ByteReader in = reader(row, "catalogue");
    Labels labels = in.labels();
    in.expectEnd();
    return labels;
  }

  /// Collects one page of last samples.
  static final class LastsWriter {
    private final ByteWriter body = new ByteWriter(1024);
    private int count;
    private long refBefore;
    private long msBefore;

    void add(long ref, long timestampMs, long bits) {
      body.varint(ref - refBefore).zigzag(timestampMs - msBefore).varint(Long.reverse(bits));
      refBefore = ref;
      msBefore = timestampMs;
      count++;
    }

    boolean isEmpty() {
      return count == 0;
    }

    byte[] toBytes() {
      byte[] bytes = body.toBytes();
      return new ByteWriter(bytes.length + 8)
          .u8(VERSION)
          .varint(count)
          .raw(bytes, 0, bytes.length)
          .toBytes();
    }
  }

  /// Takes one last sample.
  interface LastVisitor {
    void visit(long ref, long timestampMs, long bits);
  }

  static void lasts(byte[] row, LastVisitor visitor) {
    ByteReader in = reader(row, "last samples");
    long ref = 0;
    long timestampMs = 0;
    for (int left = in.count(3); left > 0; left--) {
      ref += in.varint();
      timestampMs += in.zigzag();
      visitor.visit(ref, timestampMs, Long.reverse(in.varint()));
    }
    in.expectEnd();
  }

  static byte[] members(LongList refs) {
    ByteWriter out = new ByteWriter(16 + refs.size() * 2).u8(VERSION).varint(refs.size());
    long before = 0;
    for (int i = 0; i < refs.size(); i++) {
      out.zigzag(refs.getLong(i) - before);
      before = refs.getLong(i);
    }
    return out.toBytes();
  }

  /// All members of a partition, in order.
  static LongList members(PageView pages, long partition) {
    LongArrayList all = new LongArrayList();
    pages.scan(
        Table.MEMBERS,
        Keys.partitionFloor(partition),
        Keys.partitionFloor(partition + 1),
        (_, row) -> {
          ByteReader in = reader(row, "members");
          long ref = 0;
          for (int left = in.count(1); left > 0; left--) {
            ref += in.zigzag();
            all.add(ref);
          }
          in.expectEnd();
          return true;
        });
    return all;
  }

  private static ByteReader reader(byte[] row, String what) {
    return reader(row, VERSION, what);
  }

  /// Reads what is behind the version.
  static ByteReader reader(byte[] row, int wanted, String what) {
    ByteReader in = new ByteReader(row);
    int version = in.u8();
    if (version != wanted) {
      throw new MalformedBytesException(
          "%s: expected version=%d found=%d".formatted(what, wanted, version));
    }
    return in;
  }
}
