package io.trivigil.storage.head;

import io.trivigil.model.Labels;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;

/// How many live series each metric and each job has. Owned by the thread that applies the log.
public final class SeriesCounts {
  /// The label that says of which job a series is.
  public static final String JOB = "job";

  private final Object2IntOpenHashMap<String> ofMetric = new Object2IntOpenHashMap<>();
  private final Object2IntOpenHashMap<String> ofJob = new Object2IntOpenHashMap<>();

  SeriesCounts() {}

  void add(Labels labels) {
    ofMetric.addTo(labels.metricName(), 1);
    ofJob.addTo(labels.get(JOB), 1);
  }

  void remove(Labels labels) {
    remove(ofMetric, labels.metricName());
    remove(ofJob, labels.get(JOB));
  }

  private static void remove(Object2IntOpenHashMap<String> counts, String name) {
    if (counts.addTo(name, -1) == 1) { // tells what it was before
      counts.removeInt(name);
    }
  }

  /// Live series of a metric; 0 if it has none.
  public int ofMetric(String metric) {
    return ofMetric.getInt(metric);
  }

  /// Live series of a job; 0 if it has none.
  public int ofJob(String job) {
    return ofJob.getInt(job);
  }
}
