package io.trivigil.storage.column;

import io.trivigil.model.NativeHistogram;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.storage.frame.Frames;
import io.trivigil.storage.frame.IntegerEncoder;
import io.trivigil.storage.frame.ValueEncoder;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Encodes series one by one, in any order, as rows for pages to come. Series that have the
/// timestamps of one a little before share their column, which is encoded once. Owned by one
/// thread.
public final class SeriesEncoder {
  private static final int RECENT = 4; // columns

  /// A row in which more than one of so many samples is special is written as frames.
  private static final int SELDOM = 64;

  private final boolean quick;
  private final IntegerEncoder timestamps;
  private final ValueEncoder values;
  private final MixedFrames.Encoder mixed;
  private final long[] frame = new long[Frames.SAMPLES];
  private final ByteWriter row = new ByteWriter(1024);
  private final ByteWriter frames = new ByteWriter(1024);

  private final RowPile rows;

  private final Pile columnBytes = new Pile(); // directory entry and frames in turn
  private final IntArrayList columnFrames = new IntArrayList(); // where the frames begin
  private final IntArrayList columnEnd = new IntArrayList();
  private final IntArrayList counts = new IntArrayList();
  private final LongArrayList minMs = new LongArrayList();
  private final LongArrayList maxMs = new LongArrayList();
  private final Long2IntOpenHashMap columnByHash = new Long2IntOpenHashMap();
  private final long[][] recent = new long[RECENT][0];
  private final int[] recentCount = new int[RECENT]; // 0: nothing
  private final int[] recentColumn = new int[RECENT];
  private int nextRecent;
  private boolean newForms;

  /// Bytes one behind the other, of which ranges are read again.
  private static final class Pile {
    private byte[] bytes = new byte[1024];
    private int size;

    void add(ByteWriter from) {
      byte[] more = from.toBytes();
      if (bytes.length - size < more.length) {
        bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more.length), 2 * bytes.length));
      }
      System.arraycopy(more, 0, bytes, size, more.length);
      size += more.length;
    }
  }

  /// For one page after the other.
  SeriesEncoder() {
    this(false, null);
  }

  /// For the rows of many pages, in memory beside the Java heap.
  ///
  /// @param quick as in [IntegerEncoder]: for pages that are merged before long, in forms that all
  ///   versions of a page have
  /// @param memory what the rows take is given back with it, and not before
  public static SeriesEncoder of(boolean quick, Arena memory) {
    return new SeriesEncoder(quick, memory);
  }

  private SeriesEncoder(boolean quick, @Nullable Arena memory) {
    this.quick = quick;
    rows = new RowPile(memory);
    timestamps = new IntegerEncoder(quick);
    values = new ValueEncoder(quick);
    mixed = new MixedFrames.Encoder(values);
  }

  /// Encodes the first `count` samples, in rising time, as a row; returns its place.
  ///
  /// @param note what [#note] tells of it
  /// @throws IllegalArgumentException if there are no samples or time does not rise
  public int add(long[] timestampsMs, long[] bits, int count, long note) {
    int column = column(timestampsMs, count);
    row.clear();
    if (addConstant(bits, count)) {
      return rows.add(Page.CONSTANT, column, row, note);
    }
    row.clear();
    addFrames(bits, count);
    return rows.add(Page.FRAMES, column, row, note);
  }

  /// Writes one value, and where a few special values stand between; false if that is not all there
  /// is.
  private boolean addConstant(long[] bits, int count) {
    int most = quick ? 0 : count / SELDOM;
    int found = 0;
    int next = 0;
    for (int i = 1; i < count; i++) {
      if (bits[i] != bits[0]) {
        int code = Frames.specialCode(bits[i]);
        if (++found > most || code == Frames.OTHER_SPECIAL) {
          return false;
        }
        if (found == 1) {
          values.encode(bits, 1, row);
        }
        row.varint(i - next).u8(code);
        next = i + 1;
      }
    }
    if (found == 0) {
      values.encode(bits, 1, row);
    }
    newForms |= found > 0;
    return true;
  }

  /// The same with histograms among the samples.
  ///
  /// @param histograms where one is set, the sample is that, else its bits
  public int add(
      long[] timestampsMs,
      long[] bits,
      @Nullable NativeHistogram[] histograms,
      int count,
      long note) {
    int column = column(timestampsMs, count);
    row.clear();
    addFrames(count, (from, length) -> mixed.encode(bits, histograms, from, length, frames));
    return rows.add(Page.MIXED, column, row, note);
  }

  /// What the caller noted with the row.
  public long note(int of) {
    return rows.note(of);
  }

  /// Notes the place of another row with a row.
  public void link(int of, int other) {
    rows.link(of, other);
  }

  /// The place that was noted with it last.
  public int linked(int of) {
    return rows.linked(of);
  }

  private void addFrames(long[] bits, int count) {
    if (count <= Frames.SAMPLES) {
      values.encode(bits, count, row);
      return;
    }
    addFrames(
        count,
        (from, length) -> {
          System.arraycopy(bits, from, frame, 0, length);
          values.encode(frame, length, frames);
        });
  }

  /// Writes a frame of some samples into `frames`.
  private interface FrameWriter {
    void write(int from, int length);
  }

  /// Frames one behind the other, the lengths of all but the last in front.
  private void addFrames(int count, FrameWriter writer) {
    frames.clear();
    for (int from = 0; from < count; from += Frames.SAMPLES) {
      int length = Math.min(Frames.SAMPLES, count - from);
      int before = frames.size();
      writer.write(from, length);
      if (from + length < count) {
        row.varint(frames.size() - before);
      }
    }
    byte[] bytes = frames.toBytes();
    row.raw(bytes, 0, bytes.length);
  }

  private int column(long[] timestampsMs, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("page series without samples");
    }
    for (int back = 1; back <= RECENT; back++) {
      int at = (nextRecent - back) & (RECENT - 1);
      if (recentCount[at] == count && Arrays.equals(recent[at], 0, count, timestampsMs, 0, count)) {
        return recentColumn[at];
      }
    }
    for (int i = 1; i < count; i++) {
      if (timestampsMs[i] <= timestampsMs[i - 1]) {
        throw new IllegalArgumentException(
            "page time does not rise: before_ms=%d then_ms=%d"
                .formatted(timestampsMs[i - 1], timestampsMs[i]));
      }
    }
    int column = encodeColumn(timestampsMs, count);
    int at = nextRecent & (RECENT - 1);
    nextRecent = (nextRecent + 1) & (RECENT - 1);
    if (recent[at].length < count) {
      recent[at] = new long[count];
    }
    System.arraycopy(timestampsMs, 0, recent[at], 0, count);
    recentCount[at] = count;
    recentColumn[at] = column;
    return column;
  }

  /// Appends a column, or finds it among all that are there.
  private int encodeColumn(long[] timestampsMs, int count) {
    long hash = count;
    for (int i = 0; i < count; i++) {
      hash = hash * 31 + timestampsMs[i];
    }
    row.clear();
    row.varint(count).zigzag(timestampsMs[0]).varint(timestampsMs[count - 1] - timestampsMs[0]);
    frames.clear();
    for (int from = 0; from < count; from += Frames.SAMPLES) {
      int length = Math.min(Frames.SAMPLES, count - from);
      System.arraycopy(timestampsMs, from, frame, 0, length);
      int before = frames.size();
      timestamps.encode(frame, length, frames);
      row.varint(frames.size() - before);
      if (from > 0) {
        row.varint(timestampsMs[from] - timestampsMs[from - Frames.SAMPLES]);
      }
    }
    int begin = columnBytes.size;
    columnBytes.add(row);
    int framesAt = columnBytes.size;
    columnBytes.add(frames);
    int known = columnByHash.getOrDefault(hash, -1);
    if (known >= 0 && isSame(known, begin)) {
      columnBytes.size = begin;
      return known;
    }
    columnFrames.add(framesAt);
    columnEnd.add(columnBytes.size);
    counts.add(count);
    minMs.add(timestampsMs[0]);
    maxMs.add(timestampsMs[count - 1]);
    columnByHash.put(hash, counts.size() - 1);
    return counts.size() - 1;
  }

  /// Whether a column has the bytes that stand at the end of the pile.
  private boolean isSame(int column, int from) {
    byte[] all = columnBytes.bytes;
    return Arrays.equals(
        all, columnBegin(column), columnEnd.getInt(column), all, from, columnBytes.size);
  }

  private int columnBegin(int column) {
    return column == 0 ? 0 : columnEnd.getInt(column - 1);
  }

  /// How many samples the row at this place has.
  public int samples(int of) {
    return counts.getInt(column(of));
  }

  public long minMs(int of) {
    return minMs.getLong(column(of));
  }

  public long maxMs(int of) {
    return maxMs.getLong(column(of));
  }

  /// One of [Page]'s.
  byte kind(int of) {
    return rows.kind(of);
  }

  int column(int of) {
    return rows.column(of);
  }

  /// Appends the frames of the row's values; returns how many bytes they are.
  int writeData(int of, ByteWriter out) {
    return rows.writeData(of, out);
  }

  /// Whether anything since [#clear] has a form that is read from the last version of a page on.
  boolean hasNewForms() {
    return newForms || timestamps.hasNewForms() || values.hasNewForms();
  }

  void writeColumn(int column, ByteWriter directory, ByteWriter into) {
    int from = columnBegin(column);
    int middle = columnFrames.getInt(column);
    directory.raw(columnBytes.bytes, from, middle - from);
    into.raw(columnBytes.bytes, middle, columnEnd.getInt(column) - middle);
  }

  /// Forgets all rows and columns.
  void clear() {
    newForms = false;
    timestamps.forget();
    values.forget();
    rows.clear();
    columnBytes.size = 0;
    columnFrames.clear();
    columnEnd.clear();
    counts.clear();
    minMs.clear();
    maxMs.clear();
    columnByHash.clear();
    Arrays.fill(recentCount, 0);
  }
}
