package io.trivigil.scraper.loop;

import io.trivigil.model.Exemplar;
import io.trivigil.model.SampleBatch;
import io.trivigil.scraper.state.FamilyMeta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one scrape gave, ready to be proposed, and to be proposed again with labels where the store
/// has forgotten references. Confined to the loop's thread.
final class Scraped {
  /// Samples as columns.
  static final class Column {
    private SeriesEntry[] entries = new SeriesEntry[256];
    private double[] values = new double[256];
    private long[] timestampsMs = new long[256];
    private int size;

    void add(SeriesEntry entry, double value, long timestampMs) {
      if (size == entries.length) {
        entries = Arrays.copyOf(entries, size * 2);
        values = Arrays.copyOf(values, size * 2);
        timestampsMs = Arrays.copyOf(timestampsMs, size * 2);
      }
      entries[size] = entry;
      values[size] = value;
      timestampsMs[size] = timestampMs;
      size++;
    }

    int size() {
      return size;
    }

    /// Replaces the value of the first sample.
    void setFirst(double value) {
      values[0] = value;
    }

    private void clear() {
      size = 0;
    }

    /// Adds everything to a batch; entries that travel with labels are noted in order.
    private void addTo(SampleBatch batch, List<SeriesEntry> labelled) {
      for (int i = 0; i < size; i++) {
        SeriesEntry entry = entries[i];
        if (entry.ref == SampleBatch.NO_REF) {
          labelled.add(entry);
          batch.add(entry.labels, timestampsMs[i], values[i]);
        } else {
          batch.add(entry.ref, timestampsMs[i], values[i]);
        }
      }
    }

    private void forget(Set<Long> refs) {
      for (int i = 0; i < size; i++) {
        if (refs.contains(entries[i].ref)) {
          entries[i].ref = SampleBatch.NO_REF;
        }
      }
    }
  }

  /// A batch and the entries that wait for their references, in order.
  record Prepared(SampleBatch samples, List<SeriesEntry> labelled) {}

  final Column tracked = new Column();
  final Column explicit = new Column();
  final Column report = new Column();
  final SortedMap<String, FamilyMeta> metadata = new TreeMap<>();
  final List<Exemplar> exemplars = new ArrayList<>();

  /// Samples of the body.
  int total;

  /// Samples that relabelling kept.
  int kept;

  /// Series that the scrape before did not have.
  int added;

  /// Samples that lie too far ahead; left out.
  int outOfBounds;

  /// Bytes of the body; -1 if it was over its limit.
  long bodyBytes;

  /// Why the scrape failed; empty if it did not.
  String error = "";

  /// Gives up the samples: a scrape that fails stores its report alone.
  void fail(String why) {
    error = why;
    tracked.clear();
    explicit.clear();
    metadata.clear();
    exemplars.clear();
  }

  Prepared prepare() {
    SampleBatch batch = new SampleBatch();
    List<SeriesEntry> labelled = new ArrayList<>();
    tracked.addTo(batch, labelled);
    explicit.addTo(batch, labelled);
    report.addTo(batch, labelled);
    return new Prepared(batch, labelled);
  }

  /// The store does not know these references any more.
  void forget(List<Long> unknown) {
    Set<Long> refs = new HashSet<>(unknown);
    tracked.forget(refs);
    explicit.forget(refs);
    report.forget(refs);
  }
}
