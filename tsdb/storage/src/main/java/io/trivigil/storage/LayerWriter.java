package io.trivigil.storage;

import io.trivigil.model.NativeHistogram;
import io.trivigil.storage.column.Page;
import io.trivigil.storage.column.PageWriter;
import io.trivigil.storage.column.SeriesEncoder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes the pages of one layer out of series in their order. Owned by one thread, used once.
final class LayerWriter {
  /// Takes the pages, in order.
  @FunctionalInterface
  interface Sink {
    void page(int number, byte[] page);
  }

  private final Sink sink;
  private final PageWriter writer = new PageWriter();
  private final LayerDirectory.Builder directory = new LayerDirectory.Builder();
  private int pages;
  private long bytes;
  private long samples;
  private long minMs = Long.MAX_VALUE;
  private long maxMs = Long.MIN_VALUE;
  private boolean newForms;

  LayerWriter(Sink sink) {
    this.sink = sink;
  }

  /// Adds the first `count` samples of both arrays.
  ///
  /// @param hash the series' [MetricHash]
  /// @throws IllegalArgumentException if the series does not stand behind the one before
  void add(long hash, long ref, long[] timestampsMs, long[] bits, int count) {
    directory.add(pages, writer.refs().size(), hash, ref);
    writer.add(ref, timestampsMs, bits, count);
    added(count, timestampsMs[0], timestampsMs[count - 1]);
  }

  /// The same with histograms among the samples: where one is set, it is the sample.
  void add(
      long hash,
      long ref,
      long[] timestampsMs,
      long[] bits,
      @Nullable NativeHistogram[] histograms,
      int count) {
    directory.add(pages, writer.refs().size(), hash, ref);
    writer.add(ref, timestampsMs, bits, histograms, count);
    added(count, timestampsMs[0], timestampsMs[count - 1]);
  }

  /// As the first, of a series that is encoded already; all of them by the same encoder.
  void add(long hash, long ref, SeriesEncoder from, int row) {
    directory.add(pages, writer.refs().size(), hash, ref);
    writer.add(ref, from, row);
    added(from.samples(row), from.minMs(row), from.maxMs(row));
  }

  private void added(int count, long firstMs, long lastMs) {
    samples += count;
    minMs = Math.min(minMs, firstMs);
    maxMs = Math.max(maxMs, lastMs);
    if (writer.isFull()) {
      endPage();
    }
  }

  private void endPage() {
    byte[] page = writer.finish();
    bytes += page.length;
    newForms |= Page.hasNewForms(page);
    sink.page(pages++, page);
  }

  /// Ends the layer; empty if nothing was added.
  Optional<Layer> finish(int number, int level) {
    if (!writer.isEmpty()) {
      endPage();
    }
    return pages == 0
        ? Optional.empty()
        : Optional.of(
            new Layer(number, level, pages, bytes, samples, minMs, maxMs, false, newForms));
  }

  /// The row that says where the series stand; once it is finished.
  byte[] directory() {
    return directory.build().encode();
  }
}
