package io.trivigil.promql;

/// Opens views of the samples. Safe to call from any thread.
public interface QuerySource {
  /// Fixes the state to be read: everything up to the last applied entry, nothing behind it,
  /// however long the querier lives. It must be closed.
  Querier open();

  /// As [#open], for one thread that must not wait: the same answers, but only where what they take
  /// is in memory, was found before and is little. It must be closed. A source that does not know
  /// has nothing at hand.
  ///
  /// @throws NotAtHandException now, or from any method of the querier and its series
  default Querier openAtHand() {
    throw new NotAtHandException();
  }
}
