package io.trivigil.scraper.state;

import io.trivigil.model.SampleBatch;
import java.util.List;

/// The store as the machine needs it; called inside `apply` alone, so it must be deterministic.
@FunctionalInterface
public interface SampleStore {
  /// Stores what it can of a batch; a sample that is not welcome is left out and counted.
  Stored append(SampleBatch batch);

  /// How many samples were left out, and why.
  record LeftOut(int duplicates, int outOfOrder, int outOfBounds, int overLimit) {
    /// Everything was stored.
    public static final LeftOut NONE = new LeftOut(0, 0, 0, 0);
  }

  /// What became of a batch.
  sealed interface Stored {
    /// The welcome samples were stored.
    ///
    /// @param refs the reference for each sample that came with labels, in batch order; 0 where no
    ///   series was made
    record Appended(List<Long> refs, LeftOut leftOut) implements Stored {
      public Appended {
        refs = List.copyOf(refs);
      }
    }

    /// Some references are not known; nothing was changed.
    record UnknownRefs(List<Long> refs) implements Stored {
      public UnknownRefs {
        refs = List.copyOf(refs);
      }
    }
  }
}
