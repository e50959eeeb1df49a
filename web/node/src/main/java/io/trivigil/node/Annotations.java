package io.trivigil.node;

import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.Exemplar;
import io.trivigil.model.metric.Metrics;
import io.trivigil.scraper.loop.CommandLog;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.storage.Storage;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

/// Puts into the log what comes beside samples: exemplars, and what senders say of metric families.
/// Only what is new travels. Thread-safe.
public final class Annotations {
  private static final WriteOutcome NOTHING_TO_DO =
      new WriteOutcome.Answered(0, new WriteAnswer.Written(List.of()));

  private final Storage storage;
  private final DescribedFamilies described;
  private final ConfigMachine config;
  private final Proposals proposals;
  private final IntSupplier maxExemplars;

  /// @param maxExemplars how many exemplars are kept, as the configuration in force says
  Annotations(NodeMachine machine, Proposals proposals, IntSupplier maxExemplars, Metrics metrics) {
    this.storage = machine.storage();
    this.described = machine.described();
    this.config = machine.config();
    this.proposals = proposals;
    this.maxExemplars = maxExemplars;
    metrics.gauge(
        "prometheus_tsdb_exemplar_max_exemplars",
        "Total number of exemplars the exemplar storage can store, resizeable.",
        maxExemplars::getAsInt);
    metrics.gauge(
        "trivigil_remote_write_families",
        "Metric families that remote write has described.",
        () -> described.all().size());
    metrics.gauge(
        "trivigil_remote_write_families_limit",
        "The most families; further ones are left out.",
        () -> DescribedFamilies.MOST_FAMILIES);
  }

  private boolean known() {
    return config.view().has(FeatureLevel.TWO);
  }

  /// Stores exemplars of a request; completes when this node has applied them.
  public CompletableFuture<WriteOutcome> exemplars(List<Exemplar> exemplars) {
    List<Exemplar> fresh = fresh(exemplars);
    return fresh.isEmpty()
        ? CompletableFuture.completedFuture(NOTHING_TO_DO)
        : proposals.write(new WriteCommand.Exemplars(maxExemplars.getAsInt(), fresh));
  }

  private List<Exemplar> fresh(List<Exemplar> exemplars) {
    return known() && maxExemplars.getAsInt() > 0
        ? exemplars.stream()
            .filter(exemplar -> !exemplar.isTooLong() && !storage.exemplars().has(exemplar))
            .toList()
        : List.of();
  }

  /// Stores what a sender says of families; completes when this node has applied it.
  public CompletableFuture<WriteOutcome> describe(Map<String, FamilyMeta> families) {
    SortedMap<String, FamilyMeta> changed = new TreeMap<>();
    families.forEach(
        (family, meta) -> {
          FamilyMeta before = described.all().get(family);
          boolean room = before != null || described.all().size() < DescribedFamilies.MOST_FAMILIES;
          if (room && !meta.equals(before)) {
            changed.put(family, meta);
          }
        });
    return changed.isEmpty() || !known()
        ? CompletableFuture.completedFuture(NOTHING_TO_DO)
        : proposals.write(new WriteCommand.Describe(changed));
  }

  /// A log for scrapes that takes their exemplars as well.
  CommandLog over(CommandLog log) {
    return new CommandLog() {
      @Override
      public CompletableFuture<Proposed> propose(long term, byte[] command) {
        return log.propose(term, command);
      }

      @Override
      public void exemplars(long term, List<Exemplar> found) {
        List<Exemplar> fresh = fresh(found);
        if (!fresh.isEmpty()) {
          var _ =
              proposals.writeAsLeader(
                  term, new WriteCommand.Exemplars(maxExemplars.getAsInt(), fresh));
        }
      }
    };
  }
}
