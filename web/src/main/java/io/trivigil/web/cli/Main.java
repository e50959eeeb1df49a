package io.trivigil.web.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/// Where every command begins.
public final class Main {
  private static final String USAGE =
      """
      trivigil: one vigil, kept by three nodes.

        up         a local cluster, one process per node; Ctrl-C stops it
        server     one node; takes the flags of Prometheus and Alertmanager
        status     who leads, and how every node is
        check      config|rules|alertmanager FILE…
        test       rules|promql FILE…
        query      instant EXPR | range EXPR
        config     history | diff A B | rollback N
        transfer   hands leadership over
        drill      tries a running cluster, and measures what was kept
        members    who is a member of the cluster
        remove-node ID   takes a node out of the cluster
        force-survivor   makes a stopped node the only voter, when the others are lost
        rules      prints the built-in rules about the cluster itself
        log        show DIR: the entries on a stopped node's disk
        backup     --to DIR | verify DIR
        restore    --from DIR --storage.tsdb.path=DATA
        store      check DATA
        version

      `trivigil COMMAND --help` says more.
      """;

  private Main() {}

  @SuppressWarnings("SystemOut") // a command line talks to its user
  public static void main(String[] args) throws IOException {
    List<String> rest = args.length == 0 ? List.of() : Arrays.asList(args).subList(1, args.length);
    int code;
    try {
      code =
          switch (args.length == 0 ? "help" : args[0]) {
            case "server" -> ServerCommand.run(rest);
            case "up" -> picocli(new UpCommand(), rest);
            case "status" -> picocli(new StatusCommand(), rest);
            case "config" -> picocli(new ConfigCommand(), rest);
            case "transfer" -> picocli(new TransferCommand(), rest);
            case "drill" -> picocli(new DrillCommand(), rest);
            case "members" -> picocli(new MembersCommand(), rest);
            case "remove-node" -> picocli(new RemoveNodeCommand(), rest);
            case "force-survivor" -> picocli(new ForceSurvivorCommand(), rest);
            case "rules" -> printRules(rest);
            case "backup" -> picocli(new BackupCommand(), rest);
            case "restore" -> picocli(new RestoreCommand(), rest);
            case "store" -> picocli(new StoreCommand(), rest);
            case "query" -> picocli(new QueryCommand(), rest);
            case "check" -> picocli(new CheckCommand(), rest);
            case "test" -> picocli(new TestCommand(), rest);
            case "log" -> picocli(new LogCommand(), rest);
            case "version", "--version" -> {
              System.out.println("trivigil " + io.trivigil.web.Version.TRIVIGIL);
              yield 0;
            }
            case "help", "--help", "-h" -> {
              System.out.print(USAGE);
              yield args.length == 0 ? 2 : 0;
            }
            default -> {
              System.err.println("trivigil: unknown command " + args[0]);
              System.err.print(USAGE);
              yield 2;
            }
          };
    } catch (UsageException e) {
      System.err.println("trivigil: error: " + e.getMessage());
      code = 2;
    }
    if (code >= 0) {
      System.exit(code);
    }
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  private static int printRules(List<String> rest) throws IOException {
    if (!rest.isEmpty()) {
      System.out.println("usage: trivigil rules\n\nPrints the built-in rules (--rules.builtin).");
      return rest.equals(List.of("--help")) ? 0 : 2;
    }
    try (InputStream in = Main.class.getResourceAsStream("/defaults/trivigil.rules.yml")) {
      if (in != null) {
        in.transferTo(System.out);
      }
      return in == null ? 1 : 0;
    }
  }

  @SuppressWarnings("SystemOut") // a command line talks to its user
  static int picocli(Object command, List<String> args) {
    return new CommandLine(command)
        .setExecutionExceptionHandler(
            (e, _, _) -> {
              if (e instanceof UsageException) {
                System.err.println("trivigil: error: " + e.getMessage());
                return 2;
              }
              throw e;
            })
        .execute(args.toArray(String[]::new));
  }
}
