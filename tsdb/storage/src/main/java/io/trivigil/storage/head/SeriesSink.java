package io.trivigil.storage.head;

/// Takes samples of one series.
@FunctionalInterface
public interface SeriesSink {
  /// Timestamp and value bits in turn, oldest first, from pair `from` up to and without pair `to`;
  /// valid during the call. Where the series [has histograms][Head#hasHistograms], the bits may
  /// stand for one: ask [Teller#histogram].
  void accept(long ref, long[] data, int from, int to);
}
