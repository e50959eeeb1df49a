package io.trivigil.promql.eval;

import io.trivigil.model.FloatHistogram;
import io.trivigil.model.Labelled;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBuffer;
import io.trivigil.model.Staleness;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The samples of one series that a range function looks at: floats and histograms apart, stale
/// markers left out. Reused from series to series.
final class RangeSamples {
  Labelled labelled = Labels.EMPTY;
  boolean dropName;

  int floats;
  long[] floatTimes;
  double[] floatValues;
  long @Nullable [] floatStarts;

  int histograms;
  long[] histogramTimes = new long[0];
  FloatHistogram[] histogramValues = new FloatHistogram[0];
  long @Nullable [] histogramStarts;

  private long[] ownTimes = new long[64];
  private double[] ownValues = new double[64];

  RangeSamples() {
    floatTimes = ownTimes;
    floatValues = ownValues;
  }

  /// Takes over a series as it was read. Where it has nothing but floats, the buffer's own columns
  /// are used, until it is filled again.
  void load(Labelled ofLabels, SampleBuffer samples) {
    if (!samples.hasHistograms() && !samples.hasStarts() && isPlain(samples)) {
      begin(ofLabels, false, 0);
      floatTimes = samples.timestampsMs();
      floatValues = samples.values();
      floats = samples.size();
      return;
    }
    begin(ofLabels, false, samples.size());
    for (int i = 0; i < samples.size(); i++) {
      FloatHistogram histogram = samples.histogram(i);
      if (histogram != null) {
        add(samples.timestampMs(i), histogram, samples.startMs(i));
      } else if (!Staleness.isMarker(samples.value(i))) {
        add(samples.timestampMs(i), samples.value(i), samples.startMs(i));
      }
    }
  }

  /// Whether all values are floats that may stand in a cell as they are.
  private static boolean isPlain(SampleBuffer samples) {
    double[] values = samples.values();
    boolean plain = true;
    for (int i = 0; i < samples.size(); i++) {
      double value = values[i];
      plain &= !Double.isNaN(value) || (!Staleness.isMarker(value) && Cell.isFloat(value));
    }
    return plain;
  }

  /// Takes over a column of a subquery.
  void load(Column column, Grid grid) {
    begin(column.labelled, column.dropName, column.steps());
    for (int i = 0; i < column.steps(); i++) {
      double cell = column.cells[i];
      if (Cell.isHistogram(cell)) {
        // The same sample may come twice and others not at all: what was known of resets is void.
        FloatHistogram histogram = column.histogram(i);
        boolean gauge = histogram.hint() == FloatHistogram.Hint.GAUGE;
        add(grid.timeMs(i), gauge ? histogram : histogram.withHint(FloatHistogram.Hint.UNKNOWN), 0);
      } else if (Cell.isPresent(cell)) {
        add(grid.timeMs(i), cell, 0);
      }
    }
  }

  private void begin(Labelled ofLabels, boolean drop, int capacity) {
    labelled = ofLabels;
    dropName = drop;
    floats = 0;
    histograms = 0;
    floatStarts = null;
    histogramStarts = null;
    if (ownTimes.length < capacity) {
      ownTimes = new long[capacity];
      ownValues = new double[capacity];
    }
    floatTimes = ownTimes;
    floatValues = ownValues;
  }

  private void add(long timeMs, double value, long startMs) {
    floatTimes[floats] = timeMs;
    floatValues[floats] = Cell.clean(value);
    if (startMs != 0 && floatStarts == null) {
      floatStarts = new long[floatTimes.length];
    }
    if (floatStarts != null) {
      floatStarts[floats] = startMs;
    }
    floats++;
  }

  private void add(long timeMs, FloatHistogram histogram, long startMs) {
    if (histograms == histogramTimes.length) {
      int grown = Math.max(16, histograms * 2);
      histogramTimes = Arrays.copyOf(histogramTimes, grown);
      histogramValues = Arrays.copyOf(histogramValues, grown);
      if (histogramStarts != null) {
        histogramStarts = Arrays.copyOf(histogramStarts, grown);
      }
    }
    histogramTimes[histograms] = timeMs;
    histogramValues[histograms] = histogram;
    if (startMs != 0 && histogramStarts == null) {
      histogramStarts = new long[histogramTimes.length];
    }
    if (histogramStarts != null) {
      histogramStarts[histograms] = startMs;
    }
    histograms++;
  }

  Labels labels() {
    return labelled.labels();
  }

  int size() {
    return floats + histograms;
  }
}
