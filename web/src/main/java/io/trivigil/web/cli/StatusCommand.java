package io.trivigil.web.cli;

import io.trivigil.web.json.JsonValue;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `trivigil status`: who leads, and how every node is.
@Command(
    name = "trivigil status",
    mixinStandardHelpOptions = true,
    description = "Says who leads, and how every node is.")
final class StatusCommand implements Callable<Integer> {
  @Option(names = "--url", defaultValue = "http://127.0.0.1:9090", description = "Any node.")
  private String url = "";

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() throws InterruptedException {
    JsonValue.Fields cluster;
    try {
      cluster = new Client(url).get("/api/v1/cluster").object("cluster");
    } catch (IOException | UsageException e) {
      System.err.println("trivigil status: %s: %s".formatted(url, e));
      return 1;
    }
    String leader = cluster.text("leader", "");
    System.out.printf(
        "state %s, leader %s, term %s, feature level %s, configuration v%s%n",
        cluster.text("state", ""),
        leader.isEmpty() ? "unknown" : leader,
        number(cluster, "term"),
        number(cluster, "featureLevel"),
        number(cluster, "configVersion"));
    for (JsonValue item : cluster.items("nodes")) {
      JsonValue.Fields node = item.object("node");
      System.out.printf(
          "%-6s %-9s %-5s applied %s  lag %s  clock %+d ms  level %s  config %.8s%s  %s  up %s s"
              + "  %s  %s%s%n",
          node.text("id", ""),
          node.text("role", ""),
          node.bool("live", false) ? "live" : "dead",
          number(node, "appliedIndex"),
          lag(node),
          whole(node, "clockOffsetMs"),
          number(node, "featureLevel"),
          node.text("configHash", ""),
          node.bool("configDrift", false) ? " (drift)" : "",
          node.text("version", ""),
          number(node, "uptimeSeconds"),
          node.text("address", ""),
          node.text("url", ""),
          node.text("id", "").equals(cluster.text("self", "")) ? "  (asked)" : "");
      if (!node.text("problem", "").isEmpty()) {
        System.out.printf("       %s%n", node.text("problem", "").replace("\n", "\n       "));
      }
    }
    return leader.isEmpty() ? 1 : 0;
  }

  static long whole(JsonValue.Fields fields, String name) {
    return switch (fields.value(name).orElse(new JsonValue.Null())) {
      case JsonValue.Numeral(String text) -> Long.parseLong(text);
      default -> 0;
    };
  }

  /// What nobody can say is a question mark, not a number.
  static String lag(JsonValue.Fields node) {
    String ms = number(node, "lagMs");
    return ms.startsWith("-") || ms.equals("?") ? "?" : ms + " ms";
  }

  private static String number(JsonValue.Fields fields, String name) {
    return switch (fields.value(name).orElse(new JsonValue.Null())) {
      case JsonValue.Numeral(String text) -> text;
      default -> "?";
    };
  }
}
