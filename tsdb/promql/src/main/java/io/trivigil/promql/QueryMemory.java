package io.trivigil.promql;

import java.util.concurrent.atomic.AtomicLong;

/// Memory that queries may hold: all of them together, and one at most half of that. What counts is
/// what grows with a query: columns, groups, lists of series, results. Thread-safe.
public final class QueryMemory {
  /// No limit.
  public static final QueryMemory UNLIMITED = new QueryMemory(Long.MAX_VALUE);

  private final long maxBytes;
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /// @param maxBytes for all queries together
  public QueryMemory(long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("query memory must be above 0: max_bytes=" + maxBytes);
    }
    this.maxBytes = maxBytes;
  }

  /// Bytes that all queries may hold together.
  public long maxBytes() {
    return maxBytes;
  }

  /// Bytes that one query may hold.
  public long maxBytesOfOne() {
    return maxBytes == Long.MAX_VALUE ? maxBytes : Math.max(1, maxBytes / 2);
  }

  /// Bytes that queries hold now.
  public long heldBytes() {
    return held.get();
  }

  /// How often a query was ended because it wanted more.
  public long refused() {
    return refused.get();
  }

  /// Takes some for a query that has `before`.
  ///
  /// @throws QueryException if there is not so much
  void take(long before, long bytes) {
    if (before + bytes > maxBytesOfOne()) {
      refused.incrementAndGet();
      throw QueryException.execution(
          "query needs more memory than one query may hold: limit=%d bytes"
              .formatted(maxBytesOfOne()));
    }
    if (held.addAndGet(bytes) > maxBytes) {
      held.addAndGet(-bytes);
      refused.incrementAndGet();
      throw QueryException.execution(
          "the queries that run now need more memory than all may hold: limit=%d bytes"
              .formatted(maxBytes));
    }
  }

  void give(long bytes) {
    held.addAndGet(-bytes);
  }
}
