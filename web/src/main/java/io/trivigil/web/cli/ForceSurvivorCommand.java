package io.trivigil.web.cli;

import io.trivigil.raft.ratis.ForcedStart;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `trivigil force-survivor`: makes a stopped node the only voter, after the quorum was lost for
/// ever.
@Command(
    name = "trivigil force-survivor",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a stopped node the only voter of its cluster, after the others were lost for ever.",
      "Says what may be lost, and does nothing without --confirm."
    })
final class ForceSurvivorCommand implements Callable<Integer> {
  private static final int NOT_CONFIRMED = 2;

  @Option(
      names = "--storage.tsdb.path",
      defaultValue = "data",
      description = "The node's data directory.")
  private Path data = Path.of("data");

  @Option(
      names = "--confirm",
      defaultValue = "",
      description = "The cluster's name: do it, and lose what may be lost.")
  private String confirm = "";

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() {
    try (ForcedStart forced = new ForcedStart(data.resolve("log"))) {
      ForcedStart.Plan plan = forced.plan();
      System.out.printf(
          """
          cluster "%s": node %s (%s) becomes the only voter, in a new term.
          Given up: %s. They can not come back with what they hold: each must be emptied, and
          started with --cluster.join.
          Kept: everything up to entry %d in term %d, last dated %s.
          May be lost: whatever the others acknowledged behind entry %d.
          Entries %d to %d were not known here to be committed; they count as committed from now on.
          Make sure that none of the others runs: two of them would go on as the old cluster.
          """,
          plan.clusterName(),
          plan.nodeId(),
          plan.address(),
          String.join(", ", plan.others()),
          plan.lastIndex(),
          plan.term(),
          plan.lastLogTimeMs() == 0 ? "unknown" : Instant.ofEpochMilli(plan.lastLogTimeMs()),
          plan.lastIndex(),
          Math.min(plan.committedIndex() + 1, plan.lastIndex()),
          plan.lastIndex());
      if (!confirm.equals(plan.clusterName())) {
        System.err.println(
            "trivigil force-survivor: nothing done; to do it: --confirm=" + plan.clusterName());
        return NOT_CONFIRMED;
      }
      forced.carryOut(UUID::randomUUID);
      System.out.println("done: start the node, then the blank ones with --cluster.join");
      return 0;
    } catch (IOException e) {
      System.err.println("trivigil force-survivor: " + e.getMessage());
      return 1;
    }
  }
}
