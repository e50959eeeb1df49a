package io.trivigil.node;

import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.ratis.RatisLog;
import io.trivigil.raft.ratis.Refusal;

/// What a node tells of its cluster port on `/metrics`.
final class PortGauges {
  private PortGauges() {}

  static void register(Metrics metrics, RatisLog log) {
    for (Refusal refusal : Refusal.values()) {
      metrics.counterOf(
          "trivigil_cluster_refused_connections_total",
          "Connections on the cluster port, and calls to peers, that came to nothing for lack of"
              + " trust.",
          () -> (double) log.refusedConnections(refusal),
          "reason",
          refusal.label());
    }
  }
}
