package io.trivigil.config.version;

/// The meanings of `apply`, in the order in which they came. All nodes apply an entry with the same
/// meaning: that of the cluster's level, which is part of the replicated state and is raised by the
/// leader once every voting member runs a build that knows the next one.
///
/// Whoever adds a command, a field, or another meaning of an old one proposes it only where
/// [ConfigMachine.View#has] says so, and refuses it in `apply` below that level, as an older build
/// would. A level is never taken back.
public enum FeatureLevel {
  /// What every build knows.
  ONE(1),

  /// - configuration: reports of members with their level, version, start, drift and problem;
  ///   roll-back; the byte limit of the history; events, that of a forced start among them.
  /// - what else came with the same release: degraded sends of a node that failed open; what nodes
  ///   tell and ask each other in passing (disk space, checksums of the content); batches of
  ///   samples in runs; deletion of series.
  TWO(2),

  /// Native histograms among samples: in remote write, in rule runs, in the store. Limits on
  /// series, and a window for samples out of order.
  THREE(3),

  /// Series that are gone are retired: out of memory, not counted, and back under their old
  /// reference when they come again.
  FOUR(4);

  /// The newest level that this build knows.
  public static final FeatureLevel NEWEST = FOUR;

  private final int number;

  FeatureLevel(int number) {
    this.number = number;
  }

  /// As it stands in the log, from 1.
  public int number() {
    return number;
  }
}
