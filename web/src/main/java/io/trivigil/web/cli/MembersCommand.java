package io.trivigil.web.cli;

import io.trivigil.web.json.JsonValue;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `trivigil members`: who is a member of the cluster.
@Command(
    name = "trivigil members",
    mixinStandardHelpOptions = true,
    description = "Says who is a member of the cluster, and how each of them is.")
final class MembersCommand implements Callable<Integer> {
  @Option(names = "--url", defaultValue = "http://127.0.0.1:9090", description = "Any node.")
  private String url = "";

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() throws InterruptedException {
    try {
      JsonValue.Fields answer =
          new Client(url).get("/api/v1/cluster/members").object("cluster members");
      System.out.printf(
          "%-10s %-24s %-9s %-6s %9s %9s%n", "ID", "ADDRESS", "ROLE", "VOTES", "LAG MS", "SEEN MS");
      for (JsonValue item : answer.items("members")) {
        JsonValue.Fields member = item.object("member");
        System.out.printf(
            "%-10s %-24s %-9s %-6s %9s %9s%n",
            member.text("id", ""),
            member.text("address", ""),
            member.text("role", ""),
            member.bool("voting", false) ? "yes" : "no",
            known(member, "lagMs"),
            known(member, "lastSeenMs"));
      }
      return 0;
    } catch (IOException | UsageException e) {
      System.err.println("trivigil members: %s: %s".formatted(url, e.getMessage()));
      return 1;
    }
  }

  private static String known(JsonValue.Fields fields, String name) {
    return switch (fields.value(name).orElse(new JsonValue.Null())) {
      case JsonValue.Numeral(String text) when !text.startsWith("-") -> text;
      default -> "?";
    };
  }
}
