package io.trivigil.storage.column;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.frame.Frames;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// One page, checked and with its directory opened: the series, which columns of timestamps they
/// have, and where their frames are. Immutable; keeps the bytes. Layout: `docs/pages.md`.
public final class Page {
  /// The most series in one page.
  public static final int MAX_SERIES = 256;

  /// A page that has grown to this many bytes takes no more series.
  public static final int TARGET_BYTES = 48 << 10;

  static final int MAGIC = 0xD9;
  static final int VERSION = 1;

  /// Of pages in which any row is [#MIXED].
  static final int MIXED_VERSION = 2;

  /// Of pages in which any frame or row has a form that the versions before do not know.
  static final int FORMS_VERSION = 3;

  // What the values of a row are.
  /// Frames of floats.
  static final byte FRAMES = 0;

  /// One float, which never changes but where special values stand between.
  static final byte CONSTANT = 1;

  /// Frames as in [MixedFrames].
  static final byte MIXED = 2;

  static final int CRC_BYTES = 4;

  /// Zeros and the checksum: decoders like to find some bytes behind the last frame.
  static final int TRAILER_BYTES = Frames.ROOM + CRC_BYTES;

  final byte[] bytes;
  final long[] refs;
  final int[] columnOf; // by row
  final int[] dataAt; // by row, and the end
  final byte[] kinds; // by row
  final Column[] columns;

  /// Timestamps: `firstMs[f]` begins frame `f`, which stands at `frameAt[f]`.
  record Column(int count, long minMs, long maxMs, long[] firstMs, int[] frameAt) {
    /// The samples of a frame.
    int length(int frame) {
      return Math.min(Frames.SAMPLES, count - frame * Frames.SAMPLES);
    }

    /// The last frame that begins at or before the time, the first if none does.
    int frameAt(long ms) {
      int low = 0;
      int high = firstMs.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (firstMs[middle] <= ms) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return Math.max(0, low - 1);
    }
  }

  private Page(byte[] bytes, int series, int columns) {
    this.bytes = bytes;
    this.refs = new long[series];
    this.columnOf = new int[series];
    this.dataAt = new int[series + 1];
    this.kinds = new byte[series];
    this.columns = new Column[columns];
  }

  /// Opens a page; the array must not be changed afterwards.
  ///
  /// @throws CorruptPageException if checksum or directory are not what was written
  public static Page open(byte[] bytes) {
    checkSum(bytes);
    try {
      return parse(bytes);
    } catch (MalformedBytesException e) {
      throw new CorruptPageException("page directory: " + e.getMessage());
    }
  }

  private static void checkSum(byte[] bytes) {
    if (bytes.length < TRAILER_BYTES + 8) {
      throw new CorruptPageException("page is too short: bytes=" + bytes.length);
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - TRAILER_BYTES);
    long found = 0;
    for (int i = CRC_BYTES; i > 0; i--) {
      found = (found << 8) | (bytes[bytes.length - CRC_BYTES + i - 1] & 0xFF);
    }
    if (crc.getValue() != found) {
      throw new CorruptPageException(
          "page checksum mismatch: expected=0x%08x found=0x%08x".formatted(crc.getValue(), found));
    }
  }

  private static Page parse(byte[] bytes) {
    int end = bytes.length - TRAILER_BYTES;
    ByteReader in = new ByteReader(bytes, 0, end);
    int magic = in.u8();
    int version = in.u8();
    if (magic != MAGIC || version < VERSION || version > FORMS_VERSION) {
      throw new CorruptPageException(
          "page header: expected magic=0x%02x version=%d to %d found magic=0x%02x version=%d"
              .formatted(MAGIC, VERSION, FORMS_VERSION, magic, version));
    }
    int series = in.intVarint();
    int columns = in.intVarint();
    if (series < 1 || series > MAX_SERIES || columns < 1 || columns > series) {
      throw new CorruptPageException(
          "page header out of range: series=%d columns=%d".formatted(series, columns));
    }
    long columnDirectory = in.varint();
    long directory = in.varint();
    long columnBytes = in.varint();
    long dataBytes = in.varint();
    int header = end - in.remaining();
    requireLengths(end - header, columnDirectory, directory, columnBytes, dataBytes);
    Page page = new Page(bytes, series, columns);
    int columnsAt = header + (int) columnDirectory + (int) directory;
    page.readColumns(
        new ByteReader(bytes, header, (int) columnDirectory),
        columnsAt,
        columnsAt + (int) columnBytes);
    page.readSeries(
        new ByteReader(bytes, header + (int) columnDirectory, (int) directory),
        columnsAt + (int) columnBytes,
        end,
        version >= MIXED_VERSION);
    return page;
  }

  private static void requireLengths(long all, long... parts) {
    long sum = 0;
    for (long part : parts) {
      if (part < 0 || part > all) {
        throw new CorruptPageException("page part out of range: bytes=" + part);
      }
      sum += part;
    }
    if (sum != all) {
      throw new CorruptPageException(
          "page parts do not add up: expected=%d found=%d".formatted(all, sum));
    }
  }

  private void readColumns(ByteReader in, int from, int end) {
    int at = from;
    for (int c = 0; c < columns.length; c++) {
      int count = in.intVarint();
      long minMs = in.zigzag();
      long maxMs = minMs + in.varint();
      int frames = (int) (((long) count + Frames.SAMPLES - 1) / Frames.SAMPLES);
      if (count < 1 || maxMs < minMs || frames > end - from) {
        throw new CorruptPageException("page column out of range: samples=" + count);
      }
      long[] firstMs = new long[frames];
      int[] frameAt = new int[frames + 1];
      for (int f = 0; f < frames; f++) {
        frameAt[f] = at;
        at += in.intVarint();
        firstMs[f] = f == 0 ? minMs : firstMs[f - 1] + in.varint();
        if (at < frameAt[f] || at > end) {
          throw new CorruptPageException("page column ends outside: column=" + c);
        }
      }
      frameAt[frames] = at;
      columns[c] = new Column(count, minMs, maxMs, firstMs, frameAt);
    }
    in.expectEnd();
    if (at != end) {
      throw new CorruptPageException("page columns do not fill their part");
    }
  }

  private void readSeries(ByteReader in, int from, int end, boolean mixed) {
    long ref = 0;
    long column = 0;
    int at = from;
    for (int row = 0; row < refs.length; row++) {
      ref += in.zigzag();
      column += in.zigzag();
      long length = in.varint();
      refs[row] = ref;
      if (column < 0 || column >= columns.length || length >>> 1 > end - at) {
        throw new CorruptPageException(
            "page row out of range: row=%d column=%d bytes=%d"
                .formatted(row, column, length >>> 1));
      }
      columnOf[row] = (int) column;
      kinds[row] = (length & 1) != 0 ? CONSTANT : FRAMES;
      dataAt[row] = at;
      at += (int) (length >>> 1);
    }
    dataAt[refs.length] = at;
    if (mixed) {
      readMixed(in);
    }
    in.expectEnd();
    if (at != end) {
      throw new CorruptPageException("page rows do not fill their part");
    }
  }

  private void readMixed(ByteReader in) {
    long row = -1;
    for (int left = in.count(1); left > 0; left--) {
      row += 1L + in.intVarint();
      if (row >= refs.length || kinds[(int) row] != FRAMES) {
        throw new CorruptPageException("page row can not be mixed: row=" + row);
      }
      kinds[(int) row] = MIXED;
    }
  }

  /// Whether programs that know the versions before the last can not read what was written as a
  /// page.
  public static boolean hasNewForms(byte[] page) {
    return page[1] == FORMS_VERSION;
  }

  public int series() {
    return refs.length;
  }

  public long ref(int row) {
    return refs[row];
  }

  /// The row of a series among some rows with rising references; negative if it has none.
  ///
  /// @throws CorruptPageException if there are no such rows
  public int row(long ref, int from, int to) {
    if (from < 0 || to > refs.length || from > to) {
      throw new CorruptPageException(
          "page has other rows: expected=%d to %d found=%d".formatted(from, to, refs.length));
    }
    return Arrays.binarySearch(refs, from, to, ref);
  }

  /// How many samples the series in this row has.
  public int samples(int row) {
    return columns[columnOf[row]].count();
  }

  public long minMs(int row) {
    return columns[columnOf[row]].minMs();
  }

  public long maxMs(int row) {
    return columns[columnOf[row]].maxMs();
  }

  /// About how much memory it takes.
  public int sizeBytes() {
    int all = bytes.length + refs.length * 20 + 128;
    for (Column column : columns) {
      all += 96 + column.firstMs().length * 12;
    }
    return all;
  }
}
