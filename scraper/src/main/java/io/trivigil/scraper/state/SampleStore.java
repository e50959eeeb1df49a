package io.trivigil.scraper.state;

import io.trivigil.model.SampleBatch;
import java.util.List;

/// The store as the machine needs it; called inside `apply` alone, so it must be deterministic.
@FunctionalInterface
public interface SampleStore {
  /// Stores what it can of a batch; a sample that is not welcome is left out and counted.
  Stored append(SampleBatch batch);

  /// The same for a scrape.
  ///
  /// @param report how many samples at its end report on the target: no limit on series keeps them
  ///   out
  default Stored append(SampleBatch batch, int report) {
    return append(batch);
  }

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
    /// @param overLimit of what there are too many series, for whoever sees to the target; empty if
    ///   there are not, or who asks is not to know
    record Appended(List<Long> refs, LeftOut leftOut, String overLimit) implements Stored {
      public Appended {
        refs = List.copyOf(refs);
      }

      public Appended(List<Long> refs, LeftOut leftOut) {
        this(refs, leftOut, "");
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
