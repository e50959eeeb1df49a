package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import io.trivigil.promql.Querier;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads an instant selector: at each step the newest sample within the lookback.
///
/// One step without histograms to look back at asks the store for that sample alone.
final class InstantReader implements SeriesReader {
  /// What an instant selector's cells hold.
  enum Content {
    VALUE,
    TIMESTAMP,
    START_TIMESTAMP
  }

  private final Grid looks;
  private final long lookbackMs;
  private final boolean smoothed;
  private final Content content;
  private final boolean findResets;
  private final long fromMs;
  private final long toMs;
  private SampleBuffer buffer = new SampleBuffer();
  private int samples;
  private @Nullable Column last; // that was read

  InstantReader(
      Grid looks, long lookbackMs, boolean smoothed, Content content, boolean findResets) {
    this.looks = looks;
    this.lookbackMs = lookbackMs;
    this.smoothed = smoothed;
    this.content = content;
    this.findResets = findResets;
    this.fromMs = looks.startMs() - lookbackMs + 1;
    this.toMs = looks.lastMs() + (smoothed ? lookbackMs : 0);
  }

  /// The first millisecond of interest.
  long fromMs() {
    return fromMs;
  }

  /// The last millisecond of interest.
  long toMs() {
    return toMs;
  }

  @Override
  public int samples() {
    return samples;
  }

  @Override
  public @Nullable Column read(Querier.Series series, double[] cells) {
    buffer.clear();
    if (looks.size() == 1 && !smoothed && !findResets) {
      series.readLast(fromMs, toMs, buffer);
    } else {
      series.read(fromMs, toMs, buffer);
    }
    samples = buffer.size();
    last = null;
    if (samples == 0) {
      return null;
    }
    if (findResets && buffer.hasHistograms()) {
      buffer = ResetHints.found(buffer);
    }
    Arrays.fill(cells, Cell.ABSENT);
    Column column = new Column(series, false, cells);
    if (smoothed) {
      Extended.smooth(buffer, looks, lookbackMs, column);
    } else {
      sweep(column);
    }
    last = column.isEmpty() ? null : column;
    return last;
  }

  @Override
  public void count(long[] perStep) {
    if (last != null) {
      SampleCounts.addCells(last, perStep);
    }
  }

  /// For each step the newest sample in `(t - lookback, t]`, unless it is a stale marker.
  private void sweep(Column column) {
    int at = -1;
    int steps = looks.size();
    int size = buffer.size();
    long[] times = buffer.timestampsMs();
    for (int k = 0; k < steps; k++) {
      long now = looks.timeMs(k);
      while (at + 1 < size && times[at + 1] <= now) {
        at++;
      }
      if (at >= 0 && times[at] > now - lookbackMs) {
        put(column, k, at);
      }
    }
  }

  private void put(Column column, int step, int at) {
    FloatHistogram histogram = buffer.histogram(at);
    double value = buffer.value(at);
    if (histogram == null && Staleness.isMarker(value)) {
      return;
    }
    switch (content) {
      case TIMESTAMP -> column.cells[step] = buffer.timestampMs(at) / 1000.0;
      case START_TIMESTAMP -> column.cells[step] = buffer.startMs(at) / 1000.0;
      case VALUE -> {
        if (histogram == null) {
          column.cells[step] = Cell.clean(value);
        } else {
          column.set(step, histogram);
        }
      }
    }
  }
}
