package io.trivigil.storage.head;

/// Takes one sample: the last of a series at the end of a generation.
@FunctionalInterface
public interface LastSink {
  /// @param bits those of its value, or what a histogram is known by
  void accept(long timestampMs, long bits);
}
