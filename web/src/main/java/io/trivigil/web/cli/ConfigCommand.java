package io.trivigil.web.cli;

import io.trivigil.web.json.JsonValue;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trivigil config`: the history of the cluster's configuration.
@Command(
    name = "trivigil config",
    mixinStandardHelpOptions = true,
    description = "Shows the configuration's history, compares versions, rolls back.",
    subcommands = {
      ConfigCommand.History.class,
      ConfigCommand.Diff.class,
      ConfigCommand.Rollback.class
    })
final class ConfigCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw new UsageException("trivigil config history | diff A B | rollback N");
  }

  /// What all of them share.
  private abstract static class Asking implements Callable<Integer> {
    @Option(names = "--url", defaultValue = "http://127.0.0.1:9090", description = "Any node.")
    private String url = "";

    @Override
    @SuppressWarnings("SystemOut") // a command line talks to its user
    public Integer call() throws InterruptedException {
      try {
        ask(new Client(url));
        return 0;
      } catch (IOException | UsageException e) {
        System.err.println("trivigil config: %s: %s".formatted(url, e.getMessage()));
        return 1;
      }
    }

    abstract void ask(Client client) throws IOException, InterruptedException;

    @SuppressWarnings("SystemOut") // a command line talks to its user
    static void print(String line) {
      System.out.println(line);
    }
  }

  @Command(
      name = "history",
      mixinStandardHelpOptions = true,
      description = "Lists the versions that are kept, the newest first.")
  static final class History extends Asking {
    @Override
    void ask(Client client) throws IOException, InterruptedException {
      JsonValue.Fields data = client.get("/api/v1/status/config/versions").object("versions");
      for (JsonValue item : data.items("versions")) {
        JsonValue.Fields version = item.object("version");
        long to = StatusCommand.whole(version, "rolledBackTo");
        print(
            "%4d  %s  %.12s  %s%s"
                .formatted(
                    StatusCommand.whole(version, "number"),
                    version.text("time", ""),
                    version.text("hash", ""),
                    version.text("author", ""),
                    to == 0 ? "" : " (rolled back to %d)".formatted(to)));
      }
    }
  }

  @Command(
      name = "diff",
      mixinStandardHelpOptions = true,
      description = "Shows what changed from version A to B; `disk` is the node's own files.")
  static final class Diff extends Asking {
    @Parameters(index = "0", paramLabel = "A")
    private String from = "";

    @Parameters(index = "1", paramLabel = "B")
    private String to = "";

    private static String text(JsonValue value) {
      return value instanceof JsonValue.Text(String text) ? text : "?";
    }

    @Override
    void ask(Client client) throws IOException, InterruptedException {
      JsonValue.Fields data =
          client
              .get(
                  "/api/v1/status/config/diff?from=%s&to=%s"
                      .formatted(Client.encoded(from), Client.encoded(to)))
              .object("difference");
      for (JsonValue item : data.items("files")) {
        JsonValue.Fields file = item.object("file");
        String lines = file.text("diff", "");
        print(lines.isEmpty() ? file.text("name", "") : lines);
        if (file.bool("secretsDiffer", false)) {
          print("(secrets differ in %s)".formatted(file.text("name", "")));
        }
      }
      for (JsonValue item : data.items("variables")) {
        print("(environment variable %s differs)".formatted(text(item)));
      }
    }
  }

  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      description = "Makes a new version with the content of version N; needs the admin API.")
  static final class Rollback extends Asking {
    @Parameters(index = "0", paramLabel = "N")
    private long number;

    @Override
    void ask(Client client) throws IOException, InterruptedException {
      JsonValue.Fields data =
          client
              .post("/api/v1/admin/config/rollback", Map.of("to", Long.toString(number)))
              .object("answer");
      print("%s has the content of version %d".formatted(data.text("result", ""), number));
      print("the nodes' own files are as they were: correct them, then reload");
    }
  }
}
