package io.trivigil.storage.column;

import io.trivigil.model.codec.ByteWriter;
import io.trivigil.storage.frame.Frames;
import io.trivigil.storage.frame.IntegerEncoder;
import io.trivigil.storage.frame.ValueEncoder;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/// Builds one page after the other from series in their order. Owned by one thread.
public final class PageWriter {
  private final IntegerEncoder timestamps = new IntegerEncoder();
  private final ValueEncoder values = new ValueEncoder();
  private final long[] frame = new long[Frames.SAMPLES];

  private final LongArrayList refs = new LongArrayList();
  private final List<long[]> columns = new ArrayList<>();
  private final ByteWriter columnBytes = new ByteWriter(4096);
  private final ByteWriter columnDirectory = new ByteWriter(64);
  private final ByteWriter directory = new ByteWriter(1024);
  private final ByteWriter data = new ByteWriter(Page.TARGET_BYTES + 4096);
  private final ByteWriter scratch = new ByteWriter(4096);
  private int lastColumn;
  private long samples;

  /// Adds a series with its first `count` samples in rising time. A series is never cut: a page may
  /// grow beyond [#isFull] by the last one.
  ///
  /// @throws IllegalArgumentException if there are no samples, time does not rise, or the page is
  ///   full
  public void add(long ref, long[] timestampsMs, long[] bits, int count) {
    if (isFull()) {
      throw new IllegalArgumentException("page is full: series=" + refs.size());
    }
    if (count < 1) {
      throw new IllegalArgumentException("page series without samples: series=" + ref);
    }
    int column = column(timestampsMs, count);
    boolean constant = true;
    for (int i = 1; i < count && constant; i++) {
      constant = bits[i] == bits[0];
    }
    int before = data.size();
    if (constant) {
      frame[0] = bits[0];
      values.encode(frame, 1, data);
    } else {
      addFrames(bits, count);
    }
    long refBefore = refs.isEmpty() ? 0 : refs.getLong(refs.size() - 1);
    directory.zigzag(ref - refBefore);
    directory.zigzag(column - lastColumn);
    directory.varint(((long) (data.size() - before) << 1) | (constant ? 1 : 0));
    refs.add(ref);
    lastColumn = column;
    samples += count;
  }

  /// Frames one behind the other, the lengths of all but the last in front.
  private void addFrames(long[] bits, int count) {
    scratch.clear();
    for (int from = 0; from < count; from += Frames.SAMPLES) {
      int length = Math.min(Frames.SAMPLES, count - from);
      System.arraycopy(bits, from, frame, 0, length);
      int before = scratch.size();
      values.encode(frame, length, scratch);
      if (from + length < count) {
        data.varint(scratch.size() - before);
      }
    }
    byte[] frames = scratch.toBytes();
    data.raw(frames, 0, frames.length);
  }

  /// The place of the timestamps among the columns; most series share those of the one before.
  private int column(long[] timestampsMs, int count) {
    for (int back = 0; back < columns.size(); back++) {
      int at = Math.floorMod(lastColumn - back, columns.size());
      long[] column = columns.get(at);
      if (column.length == count && Arrays.equals(column, 0, count, timestampsMs, 0, count)) {
        return at;
      }
    }
    for (int i = 1; i < count; i++) {
      if (timestampsMs[i] <= timestampsMs[i - 1]) {
        throw new IllegalArgumentException(
            "page time does not rise: before_ms=%d then_ms=%d"
                .formatted(timestampsMs[i - 1], timestampsMs[i]));
      }
    }
    long[] column = Arrays.copyOf(timestampsMs, count);
    columns.add(column);
    columnDirectory.varint(count).zigzag(column[0]).varint(column[count - 1] - column[0]);
    for (int from = 0; from < count; from += Frames.SAMPLES) {
      int length = Math.min(Frames.SAMPLES, count - from);
      System.arraycopy(column, from, frame, 0, length);
      int before = columnBytes.size();
      timestamps.encode(frame, length, columnBytes);
      columnDirectory.varint(columnBytes.size() - before);
      if (from > 0) {
        columnDirectory.varint(column[from] - column[from - Frames.SAMPLES]);
      }
    }
    return columns.size() - 1;
  }

  public boolean isEmpty() {
    return refs.isEmpty();
  }

  /// Whether the page takes no more series.
  public boolean isFull() {
    return refs.size() == Page.MAX_SERIES
        || data.size() + columnBytes.size() + directory.size() >= Page.TARGET_BYTES;
  }

  /// The series so far, in their order.
  public LongList refs() {
    return refs;
  }

  /// How many samples the series have.
  public long samples() {
    return samples;
  }

  /// The page; the next begins.
  public byte[] finish() {
    ByteWriter out =
        new ByteWriter(data.size() + columnBytes.size() + directory.size() + 128)
            .u8(Page.MAGIC)
            .u8(Page.VERSION)
            .varint(refs.size())
            .varint(columns.size())
            .varint(columnDirectory.size())
            .varint(directory.size())
            .varint(columnBytes.size())
            .varint(data.size());
    for (ByteWriter part : List.of(columnDirectory, directory, columnBytes, data)) {
      byte[] bytes = part.toBytes();
      out.raw(bytes, 0, bytes.length);
      part.clear();
    }
    byte[] soFar = out.toBytes();
    CRC32C crc = new CRC32C();
    crc.update(soFar, 0, soFar.length);
    byte[] page = Arrays.copyOf(soFar, soFar.length + Page.TRAILER_BYTES);
    for (int i = 0; i < Page.CRC_BYTES; i++) {
      page[page.length - Page.CRC_BYTES + i] = (byte) (crc.getValue() >>> (8 * i));
    }
    refs.clear();
    columns.clear();
    lastColumn = 0;
    samples = 0;
    return page;
  }
}
