package io.trivigil.storage.column;

import io.trivigil.model.NativeHistogram;
import io.trivigil.model.codec.ByteWriter;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Builds one page after the other from series in their order. Owned by one thread.
public final class PageWriter {
  private final SeriesEncoder own = new SeriesEncoder();
  private final LongArrayList refs = new LongArrayList();
  private final Int2IntOpenHashMap columns = new Int2IntOpenHashMap(); // by the encoder's number
  private final ByteWriter columnBytes = new ByteWriter(4096);
  private final ByteWriter columnDirectory = new ByteWriter(64);
  private final ByteWriter directory = new ByteWriter(1024);
  private final ByteWriter data = new ByteWriter(8 << 10);
  private final IntArrayList mixed = new IntArrayList(); // rows with histograms
  private int lastColumn;
  private long samples;

  public PageWriter() {
    columns.defaultReturnValue(-1);
  }

  /// Adds a series with its first `count` samples in rising time. A series is never cut: a page may
  /// grow beyond [#isFull] by the last one.
  ///
  /// @throws IllegalArgumentException if there are no samples, time does not rise, or the page is
  ///   full
  public void add(long ref, long[] timestampsMs, long[] bits, int count) {
    requireRoom();
    add(ref, own, own.add(timestampsMs, bits, count, 0));
  }

  /// The same with histograms among the samples.
  public void add(
      long ref,
      long[] timestampsMs,
      long[] bits,
      @Nullable NativeHistogram[] histograms,
      int count) {
    requireRoom();
    add(ref, own, own.add(timestampsMs, bits, histograms, count, 0));
  }

  /// Adds a series that is encoded already; all of a page by the same encoder.
  public void add(long ref, SeriesEncoder from, int row) {
    requireRoom();
    int number = from.column(row);
    int column = columns.get(number);
    if (column < 0) {
      column = columns.size();
      columns.put(number, column);
      from.writeColumn(number, columnDirectory, columnBytes);
    }
    long bytes = from.writeData(row, data);
    long refBefore = refs.isEmpty() ? 0 : refs.getLong(refs.size() - 1);
    directory.zigzag(ref - refBefore);
    directory.zigzag(column - lastColumn);
    directory.varint(bytes << 1 | (from.kind(row) == Page.CONSTANT ? 1 : 0));
    if (from.kind(row) == Page.MIXED) {
      mixed.add(refs.size());
    }
    refs.add(ref);
    lastColumn = column;
    samples += from.samples(row);
  }

  private void requireRoom() {
    if (isFull()) {
      throw new IllegalArgumentException("page is full: series=" + refs.size());
    }
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
    int version =
        own.hasNewForms()
            ? Page.FORMS_VERSION
            : mixed.isEmpty() ? Page.VERSION : Page.MIXED_VERSION;
    if (version >= Page.MIXED_VERSION) {
      addMixed();
    }
    ByteWriter out =
        new ByteWriter(
                data.size() + columnBytes.size() + columnDirectory.size() + directory.size() + 64)
            .u8(Page.MAGIC)
            .u8(version)
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
    own.clear();
    refs.clear();
    columns.clear();
    mixed.clear();
    lastColumn = 0;
    samples = 0;
    return page;
  }

  private void addMixed() {
    directory.varint(mixed.size());
    int next = 0;
    for (int row : mixed) {
      directory.varint(row - next);
      next = row + 1;
    }
  }
}
