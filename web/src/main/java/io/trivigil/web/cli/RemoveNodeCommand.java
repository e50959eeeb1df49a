package io.trivigil.web.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trivigil remove-node`: takes a node out of the cluster.
@Command(
    name = "trivigil remove-node",
    mixinStandardHelpOptions = true,
    description =
        "Removes a node from the cluster, alive or dead; refused where the others could not decide"
            + " anything without it.")
final class RemoveNodeCommand implements Callable<Integer> {
  @Option(
      names = "--url",
      defaultValue = "http://127.0.0.1:9090",
      description = "Any node, best one that stays.")
  private String url = "";

  @Parameters(paramLabel = "ID", description = "The node's id.")
  private String node = "";

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() throws InterruptedException {
    try {
      var _ = new Client(url).post("/api/v1/cluster/members/remove", Map.of("node", node));
      System.out.println("removed " + node);
      return 0;
    } catch (IOException | UsageException e) {
      System.err.println("trivigil remove-node: " + e.getMessage());
      return 1;
    }
  }
}
