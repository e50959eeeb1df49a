package io.trivigil.raft.sim;

import java.util.ArrayList;
import java.util.List;

/// The faults that happen by themselves, as [Faults] says.
final class FaultPlan {
  private final SimulatedCluster cluster;

  FaultPlan(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  /// Plans the next fault.
  void next() {
    long everyMs = cluster.faults().every().toMillis();
    if (everyMs > 0) {
      cluster.scheduler().after(cluster.scheduler().between(1, 2 * everyMs), this::fault);
    }
  }

  private void fault() {
    List<String> ids = new ArrayList<>(cluster.nodeIds());
    String victim = ids.get(cluster.scheduler().below(ids.size()));
    int dice = cluster.scheduler().below(100);
    if (dice < cluster.faults().crash()) {
      cluster.crash(victim);
      cluster
          .scheduler()
          .after(cluster.scheduler().between(1, 3_000), () -> cluster.restart(victim));
    } else if (dice < cluster.faults().crash() + cluster.faults().partition()) {
      cluster.partition(List.of(victim));
      cluster.scheduler().after(cluster.scheduler().between(1, 3_000), cluster::heal);
    } else if (dice
        < cluster.faults().crash() + cluster.faults().partition() + cluster.faults().depose()) {
      cluster.depose();
    } else if (dice
        < cluster.faults().crash()
            + cluster.faults().partition()
            + cluster.faults().depose()
            + cluster.faults().snapshot()) {
      cluster.snapshot(victim);
    }
    next();
  }
}
