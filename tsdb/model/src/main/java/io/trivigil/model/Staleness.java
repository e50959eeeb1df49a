package io.trivigil.model;

/// The marker that ends a series: a NaN with a payload of its own.
///
/// Only raw bits tell it from other NaNs; arithmetic or `==` can not.
public final class Staleness {
  /// The bits of the stale marker.
  public static final long MARKER_BITS = 0x7ff0000000000002L;

  /// The bits of an ordinary NaN as Prometheus writes it.
  public static final long NAN_BITS = 0x7ff8000000000001L;

  private Staleness() {}

  /// The marker as a double; keep it in arrays, store its raw bits.
  public static double marker() {
    return Double.longBitsToDouble(MARKER_BITS);
  }

  public static boolean isMarker(double value) {
    return Double.doubleToRawLongBits(value) == MARKER_BITS;
  }
}
