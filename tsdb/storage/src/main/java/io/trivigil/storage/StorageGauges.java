package io.trivigil.storage;

import io.trivigil.model.metric.Metrics;
import java.util.function.LongSupplier;

/// Gauges that are read from the store when they are asked for.
final class StorageGauges {
  private StorageGauges() {}

  static void register(Metrics metrics, Storage storage) {
    metrics.gauge(
        "prometheus_tsdb_head_series",
        "Total number of series in the head block.",
        () -> storage.engine().head.publishedSeries());
    metrics.gauge(
        "prometheus_tsdb_head_chunks",
        "Total number of chunks in the store.",
        () ->
            storage.engine().records().values().stream()
                .mapToDouble(record -> (double) record.parts())
                .sum());
    metrics.gauge(
        "prometheus_tsdb_head_max_time",
        "Log time of the last applied entry, in milliseconds.",
        () -> (double) storage.engine().view().logTimeMs());
    metrics.gauge(
        "trivigil_storage_samples_not_durable",
        "Samples that only the log holds durably.",
        () -> (double) storage.engine().samplesNotDurable());
    metrics.gauge(
        "trivigil_storage_bytes_not_durable",
        "About how much memory the samples take that only the log holds durably.",
        () -> (double) storage.engine().bytesNotDurable());
    metrics.gauge(
        "trivigil_storage_bytes_not_durable_limit",
        "Beyond so many nothing is applied before a snapshot was written; at half of it one begins.",
        () -> (double) Storage.MAX_BYTES_NOT_DURABLE);
    metrics.gauge(
        "trivigil_storage_head_bytes",
        "Memory of the samples in the head, beside the Java heap.",
        () -> (double) storage.engine().head.bytes());
    metrics.gauge(
        "trivigil_storage_series_bytes",
        "Memory of the series beside the heap: labels, the way from them, and the last sample's value.",
        () -> (double) storage.engine().head.seriesBytes());
    metrics.gauge(
        "trivigil_storage_labels_kept",
        "Labels on the heap for queries that ask for the same series again.",
        () -> storage.engine().recentLabels.size());
    metrics.gauge(
        "trivigil_storage_labels_kept_limit",
        "The most labels on the heap for queries; one of more series keeps none.",
        () -> RecentLabels.MOST);
    metrics.counterOf(
        "trivigil_storage_series_retired_total",
        "How often a series left the head since no sample came any more.",
        () -> (double) storage.engine().head.retiring().retired());
    metrics.counterOf(
        "trivigil_storage_series_returned_total",
        "How often a retired series came back.",
        () -> (double) storage.engine().head.retiring().returned());
    metrics.gauge(
        "trivigil_storage_retired_labels_kept",
        "Labels of retired series on the heap for queries that ask for the same series again.",
        () -> storage.engine().retired.kept());
    metrics.gauge(
        "trivigil_storage_retired_labels_kept_limit",
        "The most labels of retired series on the heap for queries.",
        () -> RetiredSeries.MOST_KEPT);
    metrics.gauge(
        "trivigil_storage_last_times_kept",
        "Series for which there is room to keep when each ended, so that queries pass it over.",
        () -> storage.engine().lastTimes.kept());
    metrics.gauge(
        "trivigil_storage_last_times_kept_limit",
        "The most such series; beyond, 1,024 of neighbouring references have one time.",
        () -> LastTimes.MOST);
    metrics.gauge(
        "trivigil_storage_samples_held",
        "Samples that are durable and still in memory for queries from before.",
        () -> (double) storage.engine().samplesHeld());
    metrics.gauge(
        "trivigil_storage_layers",
        "Layers of pages of the partition that has most of them.",
        () ->
            storage.engine().records().values().stream()
                .mapToInt(record -> record.layers().size())
                .max()
                .orElse(0));
    metrics.counterOf(
        "trivigil_storage_index_searches_total",
        "Searches of the series index of a partition, by where the answer came from.",
        () -> (double) storage.engine().partitions.answers().searchHits(),
        "answer",
        "kept");
    metrics.counterOf(
        "trivigil_storage_index_searches_total",
        "Searches of the series index of a partition, by where the answer came from.",
        () -> (double) storage.engine().partitions.answers().searchMisses(),
        "answer",
        "found");
    metrics.gauge(
        "trivigil_storage_open_queriers",
        "Views that are open.",
        () -> storage.engine().epochs.readers());
    metrics.gauge(
        "trivigil_storage_symbols",
        "Label names and values in memory, each once.",
        () -> storage.engine().head.byLabels().symbols());
    metrics.gauge(
        "trivigil_storage_tombstones",
        "Deleted ranges of series that retention has not passed yet.",
        storage::tombstones);
    metrics.gauge(
        "trivigil_storage_tombstones_limit",
        "The most deleted ranges; a deletion that would pass it is refused.",
        () -> Storage.MOST_TOMBSTONES);
    metrics.gauge(
        "prometheus_tsdb_exemplar_exemplars_in_storage",
        "Number of exemplars currently in circular storage.",
        () -> storage.exemplars().size());
    metrics.gauge(
        "prometheus_tsdb_exemplar_series_with_exemplars_in_storage",
        "Number of series with exemplars currently in circular storage.",
        () -> storage.exemplars().series());
    metrics.gauge(
        "prometheus_tsdb_storage_blocks_bytes",
        "The number of bytes that are currently used for local storage by all partitions.",
        () -> (double) storage.durableBytes());
    metrics.gauge(
        "trivigil_storage_applied_index",
        "Index of the last applied entry.",
        () -> (double) storage.engine().view().appliedIndex());
    metrics.gauge(
        "trivigil_storage_durable_index",
        "Index of the last entry that is in a durable snapshot.",
        () -> (double) storage.engine().durablePosition().index());
    memory(metrics, storage);
  }

  private static void memory(Metrics metrics, Storage storage) {
    MemoryBudget budget = storage.engine().config.memory();
    part(
        metrics,
        "engine_cache",
        budget.engineBytes(),
        () -> storage.engine().pages.memory().cache());
    part(
        metrics,
        "engine_write_buffers",
        budget.engineWriteBytes(),
        () -> storage.engine().pages.memory().writeBuffers());
    part(
        metrics,
        "opened_pages",
        budget.openedPagesBytes(),
        () -> storage.engine().pageCache.cachedBytes());
    part(
        metrics,
        "index_answers",
        budget.indexAnswersBytes(),
        () -> storage.engine().partitions.answers().bytes());
    part(
        metrics,
        "index_write_buffer",
        budget.indexWriteBytes(),
        () -> storage.engine().partitions.indexWriteBytes());
  }

  private static void part(Metrics metrics, String part, long limitBytes, LongSupplier used) {
    metrics.gauge(
        "trivigil_memory_used_bytes",
        "Memory that a cache or a buffer of the budget takes.",
        () -> (double) used.getAsLong(),
        "part",
        part);
    MemoryBudget.showLimit(metrics, part, limitBytes);
  }
}
