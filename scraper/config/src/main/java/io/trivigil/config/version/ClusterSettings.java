package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// What is decided once, when the cluster is born, and is equal on all nodes ever after.
///
/// @param partitionMs the length of a partition of the store, ms
/// @param featureLevel which meaning of `apply` is in force
/// @param bornMs when, epoch ms
public record ClusterSettings(long partitionMs, int featureLevel, long bornMs) {
  /// The newest meaning of `apply` that this build knows.
  public static final int NEWEST_FEATURE_LEVEL = 1;

  public ClusterSettings {
    if (partitionMs <= 0 || featureLevel <= 0) {
      throw new IllegalArgumentException(
          "cluster settings must be above 0: partition_ms=%d feature_level=%d"
              .formatted(partitionMs, featureLevel));
    }
  }

  void encode(ByteWriter out) {
    out.varint(partitionMs).varint(featureLevel).zigzag(bornMs);
  }

  static ClusterSettings decode(ByteReader in) {
    return new ClusterSettings(in.varint(), in.intVarint(), in.zigzag());
  }
}
