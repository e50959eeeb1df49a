package io.trivigil.scraper.state;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.Labels;
import io.trivigil.model.SampleBatch;
import io.trivigil.model.Staleness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A store in memory that hands out references, keeps order, and forgets when told.
public final class FakeStore implements SampleStore {
  private final Map<Labels, Long> refs = new LinkedHashMap<>();
  private final Map<Long, Labels> series = new HashMap<>();
  private final Map<Long, TreeMap<Long, Double>> samples = new HashMap<>();
  private long nextRef = 1;

  @Override
  public synchronized Stored append(SampleBatch batch) {
    Set<Long> unknown = new HashSet<>();
    for (int i = 0; i < batch.size(); i++) {
      if (batch.ref(i) != SampleBatch.NO_REF && !series.containsKey(batch.ref(i))) {
        unknown.add(batch.ref(i));
      }
    }
    if (!unknown.isEmpty()) {
      return new Stored.UnknownRefs(unknown.stream().sorted().toList());
    }
    List<Long> given = new ArrayList<>();
    int late = 0;
    for (int i = 0; i < batch.size(); i++) {
      long ref = batch.ref(i);
      if (ref == SampleBatch.NO_REF) {
        ref = refs.computeIfAbsent(batch.labels(i), _ -> nextRef++);
        series.put(ref, batch.labels(i));
        given.add(ref);
      }
      TreeMap<Long, Double> column = samples.computeIfAbsent(ref, _ -> new TreeMap<>());
      if (!column.isEmpty() && column.lastKey() >= batch.timestampMs(i)) {
        late++;
      } else {
        column.put(batch.timestampMs(i), batch.value(i));
      }
    }
    return new Stored.Appended(given, new LeftOut(0, late, 0, 0));
  }

  /// The samples of a series as `1000=1 2000=stale`.
  public synchronized String of(Labels labels) {
    Long ref = refs.get(labels);
    StringBuilder out = new StringBuilder();
    if (ref != null) {
      samples
          .getOrDefault(ref, new TreeMap<>())
          .forEach(
              (atMs, value) ->
                  out.append(out.isEmpty() ? "" : " ")
                      .append(atMs)
                      .append('=')
                      .append(Staleness.isMarker(value) ? "stale" : FloatFormat.plain(value)));
    }
    return out.toString();
  }

  /// The timestamps of a series.
  public synchronized List<Long> times(Labels labels) {
    Long ref = refs.get(labels);
    return ref == null
        ? List.of()
        : List.copyOf(samples.getOrDefault(ref, new TreeMap<>()).keySet());
  }

  public synchronized Set<Labels> series() {
    return Set.copyOf(refs.keySet());
  }

  /// Forgets a series, as retention does.
  public synchronized void forget(Labels labels) {
    Long ref = refs.remove(labels);
    if (ref != null) {
      series.remove(ref);
      samples.remove(ref);
    }
  }
}
