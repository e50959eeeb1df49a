package io.trivigil.web.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `trivigil transfer`: hands leadership over.
@Command(
    name = "trivigil transfer",
    mixinStandardHelpOptions = true,
    description = "Hands leadership to a node, or to the best one.")
final class TransferCommand implements Callable<Integer> {
  @Option(names = "--url", defaultValue = "http://127.0.0.1:9090", description = "Any node.")
  private String url = "";

  @Option(names = "--to", defaultValue = "", description = "The node; default: the best one.")
  private String to = "";

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() throws InterruptedException {
    try {
      boolean done =
          new Client(url)
              .post("/api/v1/admin/cluster/transfer", Map.of("to", to))
              .object("answer")
              .bool("transferred", false);
      System.out.println(done ? "handed over" : "not handed over");
      return done ? 0 : 1;
    } catch (IOException | UsageException e) {
      System.err.println("trivigil transfer: " + e);
      return 1;
    }
  }
}
