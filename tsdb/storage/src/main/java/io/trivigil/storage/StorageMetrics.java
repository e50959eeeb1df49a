package io.trivigil.storage;

import io.trivigil.model.metric.Metrics;
import io.trivigil.storage.exemplar.ExemplarStore;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// The store's own metrics; names as Prometheus has them where it has them. Thread-safe.
final class StorageMetrics {
  private final Metrics metrics;
  private final Map<Verdict, Metrics.Counter> verdicts = new EnumMap<>(Verdict.class);
  final Metrics.Counter compactions;
  final Metrics.Counter layerMerges;
  final Metrics.Counter compactionsFailed;
  final Metrics.Counter cleanings;
  private final Metrics.Counter exemplarsAppended;
  private final Metrics.Counter exemplarsOutOfOrder;
  private final Metrics.Counter exemplarsTooLong;
  final Metrics.Counter corruptChunks;
  final Metrics.Counter damage;
  final Metrics.Counter snapshots;
  final Metrics.Counter reloadsFailed;
  final Metrics.Histogram snapshotBytes;
  final Metrics.Histogram lateBy;
  private final Metrics.Counter retiredFound;
  private final Metrics.Counter retiredMissing;
  final Metrics.Counter retiredRows;

  StorageMetrics(Metrics metrics) {
    this.metrics = metrics;
    verdicts.put(
        Verdict.ACCEPTED,
        metrics.counter(
            "prometheus_tsdb_head_samples_appended_total",
            "Total number of appended samples.",
            "type",
            "float"));
    verdicts.put(
        Verdict.OUT_OF_ORDER,
        metrics.counter(
            "prometheus_tsdb_out_of_order_samples_total",
            "Total number of out of order samples ingestion failed attempts due to out of order"
                + " being disabled.",
            "type",
            "float"));
    verdicts.put(
        Verdict.TOO_OLD,
        metrics.counter(
            "prometheus_tsdb_too_old_samples_total",
            "Total number of samples refused because they are older than the store takes.",
            "type",
            "float"));
    verdicts.put(
        Verdict.LATE,
        metrics.counter(
            "prometheus_tsdb_head_out_of_order_samples_appended_total",
            "Total number of appended out of order samples.",
            "type",
            "float"));
    String lookups = "trivigil_storage_retired_lookups_total";
    String help = "Looks on disk for a retired series of new labels, by whether there was one.";
    retiredFound = metrics.counter(lookups, help, "answer", "returned");
    retiredMissing = metrics.counter(lookups, help, "answer", "new");
    retiredRows =
        metrics.counter(
            "trivigil_storage_retired_rows_read_total",
            "Rows of retired series that queries looked up on disk.");
    lateBy =
        metrics.histogram(
            "prometheus_tsdb_sample_ooo_delta",
            "Delta in seconds by which a sample is considered out of order (reported regardless of"
                + " OOO time window and whether sample is accepted or not).",
            new double[] {600, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200});
    for (Verdict verdict : Verdict.values()) {
      if (verdict != Verdict.SAME && !verdicts.containsKey(verdict)) {
        verdicts.put(
            verdict,
            metrics.counter(
                "trivigil_storage_samples_refused_total",
                "Samples that were not stored, by reason.",
                "reason",
                verdict.name().toLowerCase(Locale.ROOT)));
      }
    }
    compactions =
        metrics.counter("prometheus_tsdb_compactions_total", "Total number of merged partitions.");
    layerMerges =
        metrics.counter(
            "trivigil_storage_layer_merges_total",
            "Times that some layers of a partition were merged into one.");
    compactionsFailed =
        metrics.counter(
            "prometheus_tsdb_compactions_failed_total", "Total number of merges that failed.");
    cleanings =
        metrics.counter(
            "trivigil_storage_cleaned_partitions_total",
            "Partitions that were written again without what is deleted.");
    exemplarsAppended =
        metrics.counter(
            "prometheus_tsdb_exemplar_exemplars_appended_total",
            "Total number of appended exemplars.");
    exemplarsOutOfOrder =
        metrics.counter(
            "prometheus_tsdb_exemplar_out_of_order_exemplars_total",
            "Total number of out of order exemplar ingestion failed attempts.");
    exemplarsTooLong =
        metrics.counter(
            "trivigil_storage_exemplars_too_long_total",
            "Exemplars that were not stored since their labels are too long.");
    reloadsFailed =
        metrics.counter(
            "prometheus_tsdb_reloads_failures_total",
            "Number of times the series index could not be brought up to date.");
    corruptChunks =
        metrics.counter("trivigil_storage_corrupt_chunks_total", "Chunks that were found corrupt.");
    damage =
        metrics.counter(
            "trivigil_storage_damage_total",
            "Findings of damage in the store's files: blocks, files and chunks.");
    snapshots = metrics.counter("trivigil_storage_snapshots_total", "Snapshots made durable.");
    snapshotBytes =
        metrics.histogram(
            "trivigil_storage_snapshot_bytes",
            "Bytes of samples, labels and state that a snapshot wrote.",
            new double[] {1e4, 1e5, 1e6, 1e7, 1e8});
  }

  /// Counts samples by what became of them; those that came late are among the appended, too.
  void count(Verdict verdict, int count) {
    if (verdict == Verdict.LATE) {
      count(Verdict.ACCEPTED, count);
    }
    if (count > 0 && verdicts.containsKey(verdict)) {
      Objects.requireNonNull(verdicts.get(verdict)).add(count);
    }
  }

  void exemplars(ExemplarStore.Outcome outcome) {
    exemplarsAppended.add(outcome.accepted());
    exemplarsOutOfOrder.add(outcome.outOfOrder());
    exemplarsTooLong.add(outcome.tooLong());
  }

  Metrics registry() {
    return metrics;
  }

  void retiredLookup(boolean found) {
    (found ? retiredFound : retiredMissing).inc();
  }
}
