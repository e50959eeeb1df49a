package io.trivigil.promql;

/// Opens views of the samples. Safe to call from any thread.
public interface QuerySource {
  /// Fixes the state to be read: everything up to the last applied entry, nothing behind it,
  /// however long the querier lives. It must be closed.
  Querier open();
}
