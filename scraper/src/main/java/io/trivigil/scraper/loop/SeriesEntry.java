package io.trivigil.scraper.loop;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;

/// One series of one target as its loop remembers it. Confined to the loop's thread.
final class SeriesEntry {
  /// The final labels; empty if relabelling drops the series.
  final Labels labels;

  /// The store's reference, or [SampleBatch#NO_REF] as long as it is not known.
  long ref = SampleBatch.NO_REF;

  /// The scrape that it was last seen in.
  long seenIn;

  SeriesEntry(Labels labels) {
    this.labels = labels;
  }

  boolean isDropped() {
    return labels.isEmpty();
  }
}
