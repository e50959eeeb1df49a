package io.trivigil.web.heap;

import java.time.Duration;

/// When a node collects its whole heap.
///
/// @param baseBytes so much lives in the old generation of any node: before it holds more and
///   grows, nothing is collected; default 16 MiB
/// @param growthBytes by so much the old generation may grow beyond what lived in it after the last
///   collection of the whole heap; default 16 MiB
/// @param spreadBytes what chance adds to that for a node at most, so that replicas, which allocate
///   alike, do not stop at the same moment; default 8 MiB
/// @param share the share of the time that such collections may take: the next waits for the length
///   of the last divided by it; default 0.03
/// @param look how often the old generation is looked at; default 1 s
public record HeapLimits(
    long baseBytes, long growthBytes, long spreadBytes, double share, Duration look) {

  /// The default.
  public static final HeapLimits DEFAULT =
      new HeapLimits(16L << 20, 16L << 20, 8L << 20, 0.03, Duration.ofSeconds(1));

  public HeapLimits {
    if (baseBytes < 0
        || growthBytes <= 0
        || spreadBytes <= 0
        || !(share > 0)
        || !look.isPositive()) {
      throw new IllegalArgumentException(
          "limits of the heap have to be above 0: base=%d growth=%d spread=%d share=%s look=%s"
              .formatted(baseBytes, growthBytes, spreadBytes, share, look));
    }
  }
}
