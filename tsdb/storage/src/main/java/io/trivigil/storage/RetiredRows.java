package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.storage.page.PageView;
import io.trivigil.storage.page.Table;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.function.UnaryOperator;

/// Rows of the catalogue for series that are retired. Layouts:
/// - `0x81 i64 reference` → u8 version = 1, labels, zigzag time of the last sample, varint
///   reverse(its bits)
/// - `0x82 i64 hash of the labels` → u8 version = 1, varint count, count × varint reference − the
///   one before
final class RetiredRows {
  private static final int VERSION = 1;
  private static final String WHAT = "retired series";

  private RetiredRows() {}

  /// One series.
  ///
  /// @param lastMs the time of its last sample when it was retired
  /// @param lastBits what that sample is known by
  record Row(Labels labels, long lastMs, long lastBits) {
    byte[] encode() {
      return new ByteWriter(128)
          .u8(VERSION)
          .labels(labels)
          .zigzag(lastMs)
          .varint(Long.reverse(lastBits))
          .toBytes();
    }

    static Row decode(byte[] row) {
      return decode(row, UnaryOperator.identity());
    }

    /// @param shared gives one string for equal ones
    static Row decode(byte[] row, UnaryOperator<String> shared) {
      ByteReader in = Rows.reader(row, VERSION, WHAT);
      Labels read = in.labels(shared);
      Row decoded = new Row(read, in.zigzag(), Long.reverse(in.varint()));
      in.expectEnd();
      return decoded;
    }
  }

  /// The time of the last sample of a [Row]; no text is made.
  static long lastMs(byte[] row) {
    ByteReader in = Rows.reader(row, VERSION, WHAT);
    for (int left = in.count(2); left > 0; left--) {
      in.bytes();
      in.bytes();
    }
    return in.zigzag();
  }

  /// The hash by which labels are found, FNV-1a over the UTF-16 units with its bits mixed in the
  /// end; written to disk, so it never changes.
  static long hash(Labels labels) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < labels.size(); i++) {
      hash = add(add(hash, labels.name(i)), labels.value(i));
    }
    hash = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L;
    return hash ^ hash >>> 29;
  }

  private static long add(long before, String text) {
    long hash = before;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    return (hash ^ 0xFFFF_FFFFL) * 0x100000001B3L; // no unit: where a text ends counts, too
  }

  /// The references of a hash; none if there are none.
  static LongArrayList refs(PageView view, long hash) {
    LongArrayList refs = new LongArrayList();
    view.get(Table.CATALOGUE, Keys.retiredHash(hash))
        .ifPresent(
            row -> {
              ByteReader in = Rows.reader(row, VERSION, WHAT);
              long ref = 0;
              for (int left = in.count(1); left > 0; left--) {
                ref += in.varint();
                refs.add(ref);
              }
              in.expectEnd();
            });
    return refs;
  }

  /// @param refs rising
  static byte[] encode(LongList refs) {
    ByteWriter out = new ByteWriter(16).u8(VERSION).varint(refs.size());
    long before = 0;
    for (int i = 0; i < refs.size(); i++) {
      out.varint(refs.getLong(i) - before);
      before = refs.getLong(i);
    }
    return out.toBytes();
  }
}
