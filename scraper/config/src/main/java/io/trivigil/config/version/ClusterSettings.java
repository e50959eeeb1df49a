package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;

/// What is decided once, when the cluster is born, and is equal on all nodes ever after; the level
/// alone rises.
///
/// @param partitionMs the length of a partition of the store, ms
/// @param featureLevel which meaning of `apply` is in force, see [FeatureLevel]
/// @param bornMs when, epoch ms
public record ClusterSettings(long partitionMs, int featureLevel, long bornMs) {
  public ClusterSettings {
    if (partitionMs <= 0 || featureLevel <= 0) {
      throw new IllegalArgumentException(
          "cluster settings must be above 0: partition_ms=%d feature_level=%d"
              .formatted(partitionMs, featureLevel));
    }
  }

  ClusterSettings withFeatureLevel(int level) {
    return new ClusterSettings(partitionMs, level, bornMs);
  }

  void encode(ByteWriter out) {
    out.varint(partitionMs).varint(featureLevel).zigzag(bornMs);
  }

  static ClusterSettings decode(ByteReader in) {
    return new ClusterSettings(in.varint(), in.intVarint(), in.zigzag());
  }
}
