package io.trivigil.web.warmup;

/// Whether a process had little to do between two looks. Confined to one thread.
final class Idleness {
  private final double busyCores;
  private boolean looked;
  private long nanos;
  private long cpuNanos;

  /// @param busyCores used processors from which on it counts as busy
  Idleness(double busyCores) {
    this.busyCores = busyCores;
  }

  /// Whether it was idle since the last look; not at the first.
  ///
  /// @param nowNanos by the ticker
  /// @param nowCpuNanos what the process has used of processors
  boolean since(long nowNanos, long nowCpuNanos) {
    boolean idle = looked && nowCpuNanos - cpuNanos < busyCores * (nowNanos - nanos);
    looked = true;
    nanos = nowNanos;
    cpuNanos = nowCpuNanos;
    return idle;
  }
}
