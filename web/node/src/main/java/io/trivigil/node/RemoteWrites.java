package io.trivigil.node;

import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.FeatureLevel;
import io.trivigil.model.SampleBatch;
import io.trivigil.storage.Storage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/// Makes commands of remote write's requests: with the bounds of time that Prometheus has, taken
/// when the request comes, so that `apply` knows no clock. Thread-safe.
final class RemoteWrites {
  /// How far samples may be ahead of this node's clock and the log's time.
  static final Duration MOST_AHEAD = Duration.ofMinutes(10);

  /// How far samples may be behind the newest one of the store: half of what Prometheus's head
  /// covers. That holds for new series, too.
  static final Duration MOST_BEHIND = Duration.ofHours(1);

  private final Storage storage;
  private final ConfigMachine config;
  private final Proposals proposals;
  private final InstantSource clock;

  RemoteWrites(Storage storage, ConfigMachine config, Proposals proposals, InstantSource clock) {
    this.storage = storage;
    this.config = config;
    this.proposals = proposals;
    this.clock = clock;
  }

  /// Stores the samples of one request, whole or not at all. The batch is read before this returns,
  /// and may then be used again.
  CompletableFuture<WriteOutcome> append(SampleBatch batch) {
    OptionalLong newestMs = storage.newestMs();
    long minMs =
        newestMs.isPresent() ? newestMs.getAsLong() - MOST_BEHIND.toMillis() : Long.MIN_VALUE;
    // The log's time, too: a node whose own clock is behind takes what the others take.
    long maxMs = Math.max(clock.millis(), storage.logTimeMs()) + MOST_AHEAD.toMillis();
    return proposals.write(
        new WriteCommand.Write(minMs, maxMs, batch), config.view().has(FeatureLevel.TWO));
  }
}
