package io.trivigil.storage;

import io.trivigil.model.Labels;
import io.trivigil.storage.head.Head;
import io.trivigil.storage.head.SeriesCounts;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.List;

/// Judges the samples of one batch that would make a series, and counts those that will. Owned by
/// the thread that applies the log; [#begin] for each batch.
final class NewSeries {
  private final Head head;
  private SeriesLimits limits = SeriesLimits.NONE;
  private int born;
  private final Object2IntOpenHashMap<String> ofMetric = new Object2IntOpenHashMap<>();
  private final Object2IntOpenHashMap<String> ofJob = new Object2IntOpenHashMap<>();
  private final List<OverLimit> over = new ArrayList<>();

  NewSeries(Head head) {
    this.head = head;
  }

  void begin(SeriesLimits rules) {
    limits = rules;
    born = 0;
    ofMetric.clear();
    ofJob.clear();
    over.clear();
  }

  /// Whether one more series of these labels may be: the verdict so far, or the limit that it would
  /// pass. The narrowest limit counts, so that who fills the store is named.
  Verdict judge(Labels labels, Verdict soFar) {
    SeriesCounts counts = head.byLabels().counts();
    if (limits.perMetric() > 0) {
      String metric = labels.metricName();
      if (!metric.isEmpty()
          && counts.ofMetric(metric) + ofMetric.getInt(metric) >= limits.perMetric()) {
        return Verdict.METRIC_SERIES_LIMIT;
      }
    }
    if (limits.perJob() > 0) {
      String job = labels.get(SeriesCounts.JOB);
      if (!job.isEmpty() && counts.ofJob(job) + ofJob.getInt(job) >= limits.perJob()) {
        return Verdict.JOB_SERIES_LIMIT;
      }
    }
    boolean full = limits.total() > 0 && head.series() + born >= limits.total();
    return full ? Verdict.SERIES_LIMIT : soFar;
  }

  /// A series of these labels will be made.
  void count(Labels labels) {
    born++;
    if (limits.perMetric() > 0) {
      ofMetric.addTo(labels.metricName(), 1);
    }
    if (limits.perJob() > 0) {
      ofJob.addTo(labels.get(SeriesCounts.JOB), 1);
    }
  }

  /// A sample of these labels is left out because of a limit.
  void leaveOut(Verdict verdict, Labels labels, int sample) {
    String name = name(verdict, labels);
    for (int i = 0; i < over.size(); i++) {
      OverLimit known = over.get(i);
      if (known.verdict() == verdict && known.name().equals(name)) {
        over.set(
            i, new OverLimit(verdict, name, known.limit(), known.samples() + 1, known.first()));
        return;
      }
    }
    if (over.size() < OverLimit.MOST_TOLD) {
      over.add(new OverLimit(verdict, name, limit(verdict), 1, sample));
    }
  }

  private static String name(Verdict verdict, Labels labels) {
    if (verdict == Verdict.METRIC_SERIES_LIMIT) {
      return labels.metricName();
    }
    return verdict == Verdict.JOB_SERIES_LIMIT ? labels.get(SeriesCounts.JOB) : "";
  }

  private int limit(Verdict verdict) {
    if (verdict == Verdict.METRIC_SERIES_LIMIT) {
      return limits.perMetric();
    }
    return verdict == Verdict.JOB_SERIES_LIMIT ? limits.perJob() : limits.total();
  }

  int born() {
    return born;
  }

  /// Who was over which limit, in the order of the batch.
  List<OverLimit> over() {
    return List.copyOf(over);
  }
}
