package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;

/// Where the series of one layer stand: for each metric in each page, its first series. A few bytes
/// for each page while metrics have many series. Immutable.
///
/// As a row of `PAGES`: u8 version = 2, varint groups; for each: varint (page − the one before) × 2
/// + 1 if its metric is another than that of the group before, fixed64 hash of the metric if so,
///   zigzag first reference − that of the group before, varint series; then fixed64 CRC32C of all
///   that.
final class LayerDirectory {
  /// Where no group can hold the series.
  static final int NONE = -1;

  private static final int VERSION = 2;

  private final long[] hashes; // rising, and
  private final long[] firsts; // rising for one hash
  private final int[] pages;
  private final int[] rows; // the first of the group in its page
  private final int[] sizes;

  private LayerDirectory(Builder from) {
    hashes = from.hashes.toLongArray();
    firsts = from.firsts.toLongArray();
    pages = from.pages.toIntArray();
    rows = from.rows.toIntArray();
    sizes = from.sizes.toIntArray();
  }

  /// Collects series in their order.
  static final class Builder {
    private final LongArrayList hashes = new LongArrayList();
    private final LongArrayList firsts = new LongArrayList();
    private final IntArrayList pages = new IntArrayList();
    private final IntArrayList rows = new IntArrayList();
    private final IntArrayList sizes = new IntArrayList();
    private long lastHash;
    private long lastRef;

    /// Whether the series may come next.
    boolean isNext(long hash, long ref) {
      return sizes.isEmpty() || MetricHash.compare(lastHash, lastRef, hash, ref) < 0;
    }

    void add(int page, int row, long hash, long ref) {
      if (!isNext(hash, ref)) {
        throw new IllegalArgumentException(
            "series out of order: hash=%d ref=%d after hash=%d ref=%d"
                .formatted(hash, ref, lastHash, lastRef));
      }
      int last = sizes.size() - 1;
      boolean goesOn =
          last >= 0
              && hash == lastHash
              && pages.getInt(last) == page
              && rows.getInt(last) + sizes.getInt(last) == row;
      if (goesOn) {
        sizes.set(last, sizes.getInt(last) + 1);
      } else {
        addGroup(page, row, hash, ref, 1);
      }
      lastHash = hash;
      lastRef = ref;
    }

    private void addGroup(int page, int row, long hash, long first, int size) {
      hashes.add(hash);
      firsts.add(first);
      pages.add(page);
      rows.add(row);
      sizes.add(size);
    }

    LayerDirectory build() {
      return new LayerDirectory(this);
    }
  }

  /// The row. Only of a directory in which every row of every page stands.
  byte[] encode() {
    ByteWriter out = new ByteWriter(32 + 16 * hashes.length).u8(VERSION).varint(hashes.length);
    for (int i = 0; i < hashes.length; i++) {
      boolean other = i == 0 || hashes[i] != hashes[i - 1];
      long step = (long) pages[i] - (i == 0 ? 0 : pages[i - 1]);
      out.varint(step << 1 | (other ? 1 : 0));
      if (other) {
        out.fixed64(hashes[i]);
      }
      out.zigzag(firsts[i] - (i == 0 ? 0 : firsts[i - 1])).varint(sizes[i]);
    }
    return SealedRow.seal(out);
  }

  /// @throws MalformedBytesException if it is not what was written
  static LayerDirectory decode(byte[] row) {
    ByteReader in = SealedRow.open(row, VERSION, "page directory");
    Builder groups = new Builder();
    long hash = 0;
    long first = 0;
    int page = 0;
    int rowAt = 0;
    for (int left = in.count(3); left > 0; left--) {
      long head = in.varint();
      int step = Math.toIntExact(head >>> 1);
      rowAt = step == 0 ? rowAt : 0;
      page += step;
      hash = (head & 1) != 0 ? in.fixed64() : hash;
      first += in.zigzag();
      int size = in.intVarint();
      groups.addGroup(page, rowAt, hash, first, size);
      rowAt += size;
    }
    in.expectEnd();
    return groups.build();
  }

  int groups() {
    return hashes.length;
  }

  /// The group that holds the series if any does.
  int find(long hash, long ref) {
    int low = 0;
    int high = hashes.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (MetricHash.compare(hashes[middle], firsts[middle], hash, ref) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 || hashes[low - 1] != hash ? NONE : low - 1;
  }

  /// Whether [#find] would name this group.
  boolean covers(int group, long hash, long ref) {
    return hashes[group] == hash
        && firsts[group] <= ref
        && (group + 1 == hashes.length || hashes[group + 1] != hash || firsts[group + 1] > ref);
  }

  long hash(int group) {
    return hashes[group];
  }

  int page(int group) {
    return pages[group];
  }

  /// The first row of the group in its page.
  int row(int group) {
    return rows[group];
  }

  /// How many series the group has.
  int size(int group) {
    return sizes[group];
  }

  int sizeBytes() {
    return 96 + 28 * hashes.length;
  }
}
