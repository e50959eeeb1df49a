package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongArrays;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.Arrays;

/// Where each series of one partition stands in its pages: 12 bytes a series. Immutable.
///
/// As a row of `PAGES`: u8 version = 1, varint pages, for each page varint series and zigzag
/// reference − the one before, then fixed64 CRC32C of all that.
final class PageTable {
  /// The place of a series that has no page.
  static final int NONE = -1;

  private static final int VERSION = 1;
  private static final int ROW_BITS = 8;

  private final long[] refs; // rising
  private final int[] places; // page number and row

  private PageTable(long[] refs, int[] places) {
    this.refs = refs;
    this.places = places;
  }

  /// Collects pages in their order.
  static final class Builder {
    private final LongArrayList refs = new LongArrayList();
    private final LongArrayList sizes = new LongArrayList();

    void add(LongList page) {
      refs.addAll(page);
      sizes.add(page.size());
    }

    int pages() {
      return sizes.size();
    }

    byte[] encode() {
      ByteWriter out = new ByteWriter(64 + refs.size() * 2).u8(VERSION).varint(sizes.size());
      long before = 0;
      int at = 0;
      for (int page = 0; page < sizes.size(); page++) {
        out.varint(sizes.getLong(page));
        for (long left = sizes.getLong(page); left > 0; left--) {
          out.zigzag(refs.getLong(at) - before);
          before = refs.getLong(at++);
        }
      }
      return SealedRow.seal(out);
    }
  }

  /// @throws MalformedBytesException if it is not what was written
  static PageTable decode(byte[] row) {
    ByteReader in = SealedRow.open(row, VERSION, "page table");
    LongArrayList refs = new LongArrayList(row.length);
    LongArrayList places = new LongArrayList(row.length);
    long ref = 0;
    int pages = in.count(1);
    for (int page = 0; page < pages; page++) {
      int series = in.count(1);
      for (int at = 0; at < series; at++) {
        ref += in.zigzag();
        refs.add(ref);
        places.add(((long) page << ROW_BITS) | at);
      }
    }
    in.expectEnd();
    return sorted(refs.toLongArray(), places.toLongArray());
  }

  private static PageTable sorted(long[] refs, long[] places) {
    LongArrays.quickSort(refs, places);
    int[] narrow = new int[places.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (int) places[i];
    }
    return new PageTable(refs, narrow);
  }

  /// The place of a series, [#NONE] if it has none here.
  int find(long ref) {
    int at = Arrays.binarySearch(refs, ref);
    return at < 0 ? NONE : places[at];
  }

  static int page(int place) {
    return place >>> ROW_BITS;
  }

  static int row(int place) {
    return place & ((1 << ROW_BITS) - 1);
  }

  int sizeBytes() {
    return 64 + 12 * refs.length;
  }
}
