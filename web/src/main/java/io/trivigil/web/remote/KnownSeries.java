package io.trivigil.web.remote;

import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// The references of series that the store handed out to this node. A reference that turns out to
/// be unknown (the series left the store) is forgotten. Thread-safe.
public final class KnownSeries {
  private final ConcurrentHashMap<Labels, Long> refs = new ConcurrentHashMap<>();
  private final int limit;

  /// @param limit how many are remembered; when it is reached, all are forgotten and learnt anew
  public KnownSeries(int limit) {
    this.limit = limit;
  }

  /// The reference of a series, or [SampleBatch#NO_REF].
  public long find(Labels labels) {
    return refs.getOrDefault(labels, SampleBatch.NO_REF);
  }

  /// Remembers the reference of a series; 0 forgets it.
  public void learn(Labels labels, long ref) {
    if (ref == SampleBatch.NO_REF) {
      refs.remove(labels);
      return;
    }
    if (refs.size() >= limit) {
      refs.clear();
    }
    refs.put(labels, ref);
  }

  /// Forgets references that the store no longer knows.
  public void forget(List<Long> unknown) {
    if (!unknown.isEmpty()) {
      refs.values().removeAll(unknown);
    }
  }

  public int size() {
    return refs.size();
  }
}
