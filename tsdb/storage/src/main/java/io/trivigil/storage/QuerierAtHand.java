package io.trivigil.storage;

import io.trivigil.model.Matcher;
import io.trivigil.promql.NotAtHandException;
import io.trivigil.storage.head.HeadView;
import io.trivigil.storage.index.PartitionIndex;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A view for one thread that must not wait. It calls nothing native and looks nothing up in the
/// index that was not found before, so that what it takes is bounded by these limits: some hundred
/// microseconds.
final class QuerierAtHand extends StorageQuerier {
  /// Series of one selector at most, and as many again that the index does not know yet.
  static final int MOST_SERIES = 256;

  /// Samples that may be read at most, at the usual spacing.
  static final int MOST_SAMPLES = 4_096;

  /// Label names or values at most.
  static final int MOST_TEXTS = 4_096;

  /// Partitions that are asked at most.
  static final int MOST_PARTITIONS = 32;

  private static final long SPACING_MS = 15_000;

  private final Epochs.Epoch epoch;
  private final long lastRef;
  private long samples; // that may still be read

  QuerierAtHand(Engine engine, Epochs.Epoch epoch, HeadView view) {
    super(engine, epoch, view, new PagesAtHand());
    this.epoch = epoch;
    this.lastRef = view.lastRef();
    this.samples = MOST_SAMPLES;
  }

  @Override
  public List<Series> select(Hints hints, List<Matcher> matchers) {
    List<Series> found = super.select(hints, matchers);
    boolean lastAlone = hints.stepMs() == 0 && hints.rangeMs() == 0;
    long each = lastAlone ? 1 : 1 + Math.max(0, hints.toMs() - hints.fromMs()) / SPACING_MS;
    if (found.size() > MOST_SERIES || each > MOST_SAMPLES) {
      throw new NotAtHandException();
    }
    samples -= each * found.size();
    if (samples < 0) {
      throw new NotAtHandException();
    }
    return found;
  }

  @Override
  void search(PartitionIndex partition, List<Matcher> matchers, LongArrayList out) {
    partition.searchAtHand(matchers, this::labels, MOST_SERIES, out);
  }

  @Override
  Optional<List<String>> terms(
      PartitionIndex partition, Optional<String> label, LongArrayList rest) {
    return partition.termsAtHand(label, lastRef, MOST_TEXTS, MOST_SERIES, rest);
  }

  @Override
  PartitionRecord record(long partition) {
    return epoch.recordAtHand(partition).orElseThrow(NotAtHandException::new);
  }

  @Override
  Collection<PartitionIndex> between(long fromMs, long toMs) {
    Collection<PartitionIndex> partitions = super.between(fromMs, toMs);
    if (partitions.size() > MOST_PARTITIONS) {
      throw new NotAtHandException();
    }
    return partitions;
  }

  @Override
  void leave(Epochs epochs, Epochs.Epoch entered) {
    epochs.leaveSoon(entered);
  }
}
